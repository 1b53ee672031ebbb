// After every test: no page of it asked anything of elsewhere, broke the policy or wrote an error.

import { afterEach, expect } from 'vitest';
import { takeAccounts } from './page';

afterEach(() => {
  for (const { foreign, violations, errors } of takeAccounts()) {
    expect(foreign, 'requests to elsewhere').toEqual([]);
    expect(violations, 'breaches of the policy').toEqual([]);
    expect(errors, 'errors on the console').toEqual([]);
  }
});
