// What other parts may use of the gallery.

export { runWithOtherSeed } from './actions';
export { attempt } from './attempt';
export { pictureItems, showMenuOf } from './menu';
export { resolveAsset, workflowOf } from './origin';
