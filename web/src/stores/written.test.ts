// @vitest-environment happy-dom
// A file that is written anew while it is shown has another address, and is another picture for the canvas.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pictureUrl, wholeUrl } from '../features/nodes/pictures';
import { lookAgain, noteWritten, refsIn, versionOf, written } from './written';

const file = (filename: string, type = 'output') => ({ filename, subfolder: 'x', type });
const refOf = (filename: string, type = 'output') => {
  const [ref] = refsIn([file(filename, type)]);
  if (ref === undefined) throw new Error('no picture');
  return ref;
};

interface Asked {
  readonly files: readonly { readonly filename: string; readonly kind: string; readonly subfolder: string }[];
}

/** What the server says that files hold. */
const held = new Map<string, string | null>();
const asked: Asked[] = [];

// Once: time goes on from one test to the next, as it does on a page.
vi.useFakeTimers();

beforeEach(() => {
  held.clear();
  asked.length = 0;
  vi.stubGlobal('fetch', async (_url: string, { body }: { readonly body: string }) => {
    const { files } = JSON.parse(body) as Asked;
    asked.push({ files });
    const versions = files.map(({ filename }) => held.get(filename) ?? null);
    return new Response(JSON.stringify({ versions }));
  });
});

async function look(): Promise<void> {
  const looked = lookAgain();
  await vi.advanceTimersByTimeAsync(2000);
  await looked;
}

afterEach(() => vi.runAllTimersAsync());

describe('a file that a run writes anew', () => {
  it('keeps its address until then, and gets another one with each time', () => {
    const ref = refOf('a.png');
    const [look, whole] = [pictureUrl(ref, 10), wholeUrl(ref)];
    expect([look, whole].map((url) => new URL(url).searchParams.has('v'))).toEqual([false, false]);
    expect(noteWritten({ images: [file('b.png')], text: ['a.png'] })).toBe(false);
    expect([pictureUrl(ref, 10), versionOf(ref)]).toEqual([look, 0]);
    const { count } = written.getState();
    expect(noteWritten({ images: [file('a.png')] })).toBe(true);
    expect(noteWritten({ a_images: [file('c.png')], b_images: [file('a.png')] })).toBe(true);
    expect([pictureUrl(ref, 10), wholeUrl(ref)]).toEqual([`${look}&v=2`, `${whole}&v=2`]);
    expect(versionOf(ref)).toBe(2);
    expect(written.getState().count).toBe(count + 2);
  });

  it('is another file in another folder, and no other for not having been shown', () => {
    versionOf(refOf('d.png', 'temp'));
    expect(noteWritten({ images: [file('d.png')] })).toBe(false);
    expect(versionOf(refOf('d.png'))).toBe(0);
  });
});

describe('a file that another program writes anew', () => {
  it('gets another address once the server is asked again, and only then', async () => {
    const [ref, other] = [refOf('e.png', 'input'), refOf('f.png', 'input')];
    held.set('e.png', 'one').set('f.png', 'two');
    versionOf(ref);
    versionOf(other);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.at(-1)?.files).toContainEqual({ filename: 'e.png', kind: 'input', subfolder: 'x' });
    await look();
    expect([versionOf(ref), versionOf(other)]).toEqual([0, 0]);
    held.set('e.png', 'three');
    const { count } = written.getState();
    await look();
    await look();
    expect([versionOf(ref), versionOf(other)]).toEqual([1, 0]);
    expect(written.getState().count).toBe(count + 1);
  });

  it('is asked for once, however often one wants to know at a time', async () => {
    const ref = refOf('i.png');
    held.set('i.png', 'one');
    versionOf(ref);
    await look();
    asked.length = 0;
    for (let times = 0; times < 5; times += 1) void lookAgain();
    await vi.advanceTimersByTimeAsync(1);
    for (let times = 0; times < 5; times += 1) void lookAgain();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked.length).toBe(2);
  });

  it('is the same while it is away, and another once it is back with something else', async () => {
    const ref = refOf('g.png');
    held.set('g.png', 'one');
    versionOf(ref);
    await vi.advanceTimersByTimeAsync(1000);
    held.delete('g.png');
    await look();
    expect(versionOf(ref)).toBe(0);
    held.set('g.png', 'two');
    await look();
    expect(versionOf(ref)).toBe(1);
  });

  it('is not told again for what a run wrote', async () => {
    const ref = refOf('h.png');
    held.set('h.png', 'one');
    versionOf(ref);
    await vi.advanceTimersByTimeAsync(1000);
    held.set('h.png', 'two');
    noteWritten({ images: [file('h.png')] });
    expect(versionOf(ref)).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    await look();
    expect(versionOf(ref)).toBe(1);
  });
});
