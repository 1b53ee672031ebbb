import { describe, expect, it } from 'vitest';
import { t } from './t';

describe('t', () => {
  it('fills in values and chooses between one and many', () => {
    expect(t('workflows.saved', { name: 'a.json' })).toBe('Saved as a.json');
    expect(t('queue.clearTitle', { count: 1 })).toBe('Cancel the run that waits?');
    expect(t('queue.clearTitle', { count: 3 })).toBe('Cancel all 3 runs that wait?');
  });
});
