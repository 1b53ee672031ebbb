// What other parts may use of what is missing.

export { MissingList } from './MissingList';
export { countOf, missingNow, missingWords, useMissing } from './missing';
