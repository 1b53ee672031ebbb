// What other parts may use of the graph's own.

export { jumpTo } from './scopes';
