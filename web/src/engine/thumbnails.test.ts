import { describe, expect, it } from 'vitest';
import { type Bitmap, type NodePicture, type Origin, Thumbnails } from './thumbnails';

interface Asked {
  readonly url: string;
  readonly answer: (bitmap: Bitmap | Error) => Promise<void>;
}

const closed: string[] = [];

function bitmap(name: string, side: number): Bitmap {
  return { width: side, height: side, close: () => void closed.push(name) };
}

const picture = (key: string, version = 0): NodePicture => ({
  ...{ key, version },
  origin: (side) => `${key}?v=${version}&size=${side}`,
});

/** A cache whose pictures come when the test says so. */
function cache(budget?: number) {
  closed.length = 0;
  const asked: Asked[] = [];
  let changes = 0;
  const load = (origin: Origin, side: number) =>
    new Promise<Bitmap>((resolve, reject) => {
      const answer = (given: Bitmap | Error) => {
        if (given instanceof Error) reject(given);
        else resolve(given);
        return new Promise<void>((done) => setTimeout(done));
      };
      asked.push({ url: origin instanceof Blob ? 'blob' : origin(side), answer });
    });
  const thumbnails = new Thumbnails(
    () => {
      changes += 1;
    },
    load,
    budget,
  );
  const frame = (...shown: readonly (readonly [NodePicture, number])[]) => {
    thumbnails.begin();
    const taken = shown.map(([each, side]) => thumbnails.take(each, side));
    thumbnails.end();
    return taken;
  };
  return { thumbnails, asked, frame, urls: () => asked.map(({ url }) => url), changes: () => changes };
}

describe('small pictures', () => {
  it('come when they have been asked for, as small as they are shown', async () => {
    const { asked, frame, urls, changes } = cache();
    expect(frame([picture('a'), 100], [picture('b'), 129])).toEqual([null, null]);
    expect(urls()).toEqual(['a?v=0&size=128', 'b?v=0&size=256']);
    const own = bitmap('a', 128);
    await asked[0]?.answer(own);
    expect(changes()).toBe(1);
    expect(frame([picture('a'), 100])).toEqual([own]);
    expect(urls()).toHaveLength(2);
  });

  it('are not asked for where nobody sees them, nor while they are only looked up', async () => {
    const { asked, frame, urls } = cache();
    const many = Array.from({ length: 9 }, (_, index) => [picture(`p${index}`), 50] as const);
    frame(...many);
    expect(urls()).toHaveLength(4);
    frame([picture('other'), 50], [picture('near'), 0]);
    for (const each of asked.slice(0, 4)) await each.answer(bitmap('x', 50));
    expect(urls().slice(4)).toEqual(['other?v=0&size=128']);
  });

  it('are shown small until the larger one is there, and old until the new one is', async () => {
    const { asked, frame, urls } = cache();
    frame([picture('a'), 100]);
    const [small, large, next] = [bitmap('small', 128), bitmap('large', 256), bitmap('next', 256)];
    await asked[0]?.answer(small);
    expect(frame([picture('a'), 200])).toEqual([small]);
    await asked[1]?.answer(large);
    expect(closed).toEqual(['small']);
    // Out again: what is there is good enough.
    expect(frame([picture('a'), 60])).toEqual([large]);
    expect(urls()).toHaveLength(2);
    expect(frame([picture('a', 1), 200])).toEqual([large]);
    await asked[2]?.answer(next);
    expect(frame([picture('a', 1), 200])).toEqual([next]);
    expect(closed).toEqual(['small', 'large']);
  });

  it('leave, the longest unseen first, when there are too many; what is in sight stays', async () => {
    const room = 3 * 128 * 128 * 4;
    const { thumbnails, asked, frame, urls } = cache(room);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      frame([picture(name), 128]);
      await asked[index]?.answer(bitmap(name, 128));
    }
    frame([picture('a'), 128]);
    frame([picture('d'), 128]);
    await asked[3]?.answer(bitmap('d', 128));
    expect(closed).toEqual(['b']);
    expect(thumbnails.bytes).toBe(room);
    // All three are seen: a fourth would only push one of them out, and that would be asked for again, for ever.
    frame([picture('a'), 128], [picture('c'), 128], [picture('d'), 128], [picture('e'), 128]);
    expect(urls()).toHaveLength(4);
    thumbnails.clear();
    expect(closed.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(thumbnails.bytes).toBe(0);
  });

  it('that cannot be had are not asked for with each frame', async () => {
    const { asked, frame, urls, changes } = cache();
    frame([picture('gone'), 128]);
    await asked[0]?.answer(new Error('404'));
    frame([picture('gone'), 128]);
    frame([picture('gone'), 128]);
    expect([urls().length, changes()]).toEqual([1, 0]);
    frame([picture('gone', 1), 128]);
    expect(urls()).toHaveLength(2);
  });
});
