import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Decoder } from './LivePicture';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const blob = (name: string) => new Blob([name]);

function setUp() {
  const shown: string[] = [];
  const closed: string[] = [];
  const decoder = new Decoder(
    (bitmap) => void shown.push((bitmap as unknown as { name: string }).name),
    async (data) => {
      const name = await data.text();
      if (name === 'bad') throw new Error('no picture');
      return { name, close: () => void closed.push(name) } as unknown as ImageBitmap;
    },
  );
  return { decoder, shown, closed };
}

it('shows the first and the latest, and passes over what came between', async () => {
  const { decoder, shown } = setUp();
  for (const name of ['a', 'b', 'bad', 'c']) decoder.take(blob(name));
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown).toEqual(['a', 'c']);
  decoder.take(blob('bad'));
  await vi.advanceTimersByTimeAsync(1000);
  decoder.take(blob('d'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown).toEqual(['a', 'c', 'd']);
});

it('gives back what is decoded after nobody looks any more', async () => {
  const { decoder, shown, closed } = setUp();
  decoder.take(blob('a'));
  decoder.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect([shown, closed]).toEqual([[], ['a']]);
});
