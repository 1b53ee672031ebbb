// What other parts may use of runs.

export { fractionOf, progressOf } from './progress';
export { cancel, interrupt, type RunOptions, runTab } from './submit';
export { refreshQueue } from './sync';
