import { expect, it } from 'vitest';
import { idsOf, readTags } from './marks';

it('reads tags to add and to take away', () => {
  expect(readTags(' sky, red fox,-draft , - old,, -')).toEqual({
    add_tags: ['sky', 'red fox'],
    remove_tags: ['draft', 'old'],
  });
});

it('knows files of the gallery among other pictures', () => {
  expect(idsOf(['12', 'a:7f3', 'f:input/9', '3'])).toEqual([12, 3]);
});
