import { describe, expect, it } from 'vitest';
import { ownFileIn } from './address';

const OURS = 'http://127.0.0.1:8188';
const read = (list: string) => ownFileIn(list, OURS);

describe('ownFileIn', () => {
  it('takes files of ours, whole and as they are', () => {
    expect(
      read(`${OURS}/view?filename=a%20b.png&subfolder=x&type=output&preview=webp;75&channel=rgb`),
    ).toEqual({
      query: { filename: 'a b.png', subfolder: 'x', type: 'output' },
    });
    expect(read(`# a picture\r\n${OURS}/api/v1/gallery/17/thumbnail?size=512&at=3\r\n`)).toEqual({
      item: 17,
    });
    expect(read(`${OURS}/api/v1/gallery/17/content`)).toEqual({ item: 17 });
  });

  it.each([
    '',
    '# nothing',
    'not an address',
    'http://127.0.0.1:8189/view?filename=a.png',
    'https://127.0.0.1:8188/view?filename=a.png',
    'http://127.0.0.1:8188@example.com/view?filename=a.png',
    'http://example.com/view?filename=a.png',
    `http://example.com/a.png\r\n${OURS}/view?filename=a.png`,
    `${OURS}/view`,
    `${OURS}/viewer?filename=a.png`,
    `${OURS}/api/v1/gallery/17`,
    `${OURS}/api/v1/gallery/17/content/../../../jobs`,
    `${OURS}/api/v1/jobs/17`,
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('takes nothing else: %s', (list) => expect(read(list)).toBeNull());
});
