// What other parts may use of results.

export { filesOf } from './pictures';
