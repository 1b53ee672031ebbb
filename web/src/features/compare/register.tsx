// Two pictures, and the two runs that made them.

import { registerHost } from '../../app/panels';
import { CompareHost } from './CompareDialog';

registerHost({ id: 'compare', Component: CompareHost });
