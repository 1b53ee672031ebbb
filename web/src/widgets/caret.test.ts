// The caret goes to the end of what undo changed.

import { describe, expect, it } from 'vitest';
import { endOfChange } from './caret';

describe('endOfChange', () => {
  it('is behind what came, or where something went', () => {
    expect(endOfChange('a fox', 'a red fox')).toBe('a red '.length);
    expect(endOfChange('a red fox', 'a fox')).toBe('a '.length);
    expect(endOfChange('a red fox', 'a blue fox')).toBe('a blue'.length);
    expect(endOfChange('', 'new')).toBe(3);
    expect(endOfChange('old', '')).toBe(0);
  });

  it('counts nothing twice where letters repeat', () => {
    expect(endOfChange('aa', 'aaa')).toBe(3);
    expect(endOfChange('aaa', 'aa')).toBe(2);
  });
});
