// What other parts may use of what is missing.

export { MissingList } from './MissingList';
export { countOf, missingWords, useMissing } from './missing';
