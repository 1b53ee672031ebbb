// What other parts may use of runs.

export { fractionOf } from './progress';
export { cancel, runTab } from './submit';
export { refreshQueue } from './sync';
