// What other parts may use of comparing.

export { differenceOf } from './measure';
export { recordDiff, tellsCode } from './record';
