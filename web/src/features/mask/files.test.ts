import { describe, expect, it } from 'vitest';
import { nameOfCopy } from './files';

describe('the name of a masked copy', () => {
  it.each([
    ['fox.jpg', 'fox-masked.png'],
    ['fox', 'fox-masked.png'],
    ['fox-masked.png', 'fox-masked.png'],
    ['fox-masked (12).png', 'fox-masked.png'],
    ['a.b.webp', 'a.b-masked.png'],
  ])('%s', (name, wanted) => expect(nameOfCopy(name)).toBe(wanted));
});
