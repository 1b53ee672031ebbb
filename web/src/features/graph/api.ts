// What other parts may use of this one.

export { jumpTo } from './scopes';
export { announce } from './voice';
