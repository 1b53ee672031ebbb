// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { keep, kept, keptRows, keptWords } from './kept';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

it('gives back what was kept, and only rows and words of what anybody may have written', () => {
  keep('all', { a: [1, 'two'] });
  expect(kept('all')).toEqual({ a: [1, 'two'] });
  expect(kept('nothing')).toBeNull();
  localStorage.setItem('torn', '[["a", 1');
  for (const read of [kept, keptWords, keptRows]) expect([null, []]).toContainEqual(read('torn'));
  keep('mixed', ['a', 1, null, ['b', 2], [3, 4], []]);
  expect(keptWords('mixed')).toEqual(['a']);
  expect(keptRows('mixed')).toEqual([['b', 2]]);
  expect(keptRows('all')).toEqual([]);
});

it('does without storage', () => {
  const off = () => {
    throw new DOMException('off', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: off, setItem: off });
  keep('a', 1);
  expect(kept('a')).toBeNull();
  expect(keptWords('a')).toEqual([]);
});
