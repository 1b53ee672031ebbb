// What other parts may use of the search.

export { addAt } from './add';
export { openSearch } from './store';
