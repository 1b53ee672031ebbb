// What other parts may use of what is missing.

import { lazily } from '../../app/lazily';

export { countOf, missingWords, useMissing } from './missing';

export const MissingList = lazily(() => import('./MissingList').then((module) => module.MissingList));
