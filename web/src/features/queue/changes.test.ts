import { expect, it } from 'vitest';
import { diffPrompts } from '../../core/diff';
import type { JsonObject } from '../../core/json';
import { Kept, linesOf } from './changes';

const node = (inputs: JsonObject, title = 'KSampler'): JsonObject => ({
  class_type: 'KSampler',
  inputs,
  _meta: { title },
});

it('says what changed: input, what it is, what it was, and where', () => {
  const a: JsonObject = { '3': node({ seed: 1, steps: 20 }), '4': node({}, 'Gone') };
  const b: JsonObject = { '3': node({ seed: 2, steps: 20 }), '5': node({}), '6': node({}) };
  expect(linesOf(diffPrompts(a, b))).toEqual(['seed: 2, was 1 · KSampler', '2 nodes more', '1 node fewer']);
  expect(linesOf(diffPrompts(a, a))).toEqual([]);
});

it('shows the ends of long texts, where they may differ', () => {
  const long = 'a red fox in deep snow at the end of winter, ';
  const a: JsonObject = { '3': node({ text: `${long}painting` }) };
  const b: JsonObject = { '3': node({ text: `${long}photograph` }) };
  const [line = ''] = linesOf(diffPrompts(a, b));
  expect(line).toContain('photograph, was');
  expect(line).toContain('painting ·');
});

it('asks once for each, two at a time, and again after a failure', async () => {
  const asked: string[] = [];
  let [busy, most] = [0, 0];
  const kept = new Kept(async (key: string) => {
    asked.push(key);
    busy += 1;
    most = Math.max(most, busy);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy -= 1;
    if (key === 'bad' && asked.filter((each) => each === 'bad').length === 1) throw new Error('no');
    return key.toUpperCase();
  }, 4);
  expect(await Promise.all(['a', 'b', 'c', 'a'].map((key) => kept.get(key)))).toEqual(['A', 'B', 'C', 'A']);
  await expect(kept.get('bad')).rejects.toThrow('no');
  expect(await kept.get('bad')).toBe('BAD');
  expect(asked).toEqual(['a', 'b', 'c', 'bad', 'bad']);
  expect(most).toBe(2);
});
