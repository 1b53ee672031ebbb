// What other parts may use of the gallery.

export { runWithOtherSeed } from './actions';
export { pictureItems, showMenuOf } from './menu';
export { workflowOf } from './origin';
