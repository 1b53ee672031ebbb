// What other parts may use of the gallery.

export { attempt, resolveAsset, runExactly, runWithOtherSeed } from './actions';
export { showMenuOf } from './menu';
