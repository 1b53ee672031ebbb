// What other parts may use of this one.

export { announce } from './voice';
