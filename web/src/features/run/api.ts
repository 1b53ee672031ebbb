// What other parts may use of runs.

export { cancel, interrupt, type RunOptions, runTab } from './submit';
export { refreshQueue } from './sync';
export { seconds } from './time';
export { fractionOf, nodesOf } from './title';
