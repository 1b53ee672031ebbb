// What other parts may use of this one.

export { jumpTo } from '../../app/scopes';
export { announce } from './voice';
