import { describe, expect, it } from 'vitest';
import { diffPrompts, diffTimings, linkIn, wordsOfValue } from './diff';
import { type JsonObject, parseJson } from './json';

const sampler = (inputs: JsonObject, more: JsonObject = {}) => ({ class_type: 'KSampler', inputs, ...more });

describe('diffPrompts', () => {
  it('finds nothing between a run and itself, whatever the order of keys', () => {
    const a = { '1': sampler({ seed: 1, cfg: 5, options: { x: 1, y: [2] } }) };
    const b = { '1': sampler({ options: { y: [2], x: 1 }, cfg: 5, seed: 1 }) };
    expect(diffPrompts(a, b)).toEqual({ changes: [], added: [], removed: [] });
  });

  it('names node, input and both values', () => {
    const a = { '5': sampler({ seed: 1, cfg: 5 }, { _meta: { title: 'First pass' } }) };
    const b = { '5': sampler({ seed: 2, cfg: 5 }, { _meta: { title: 'First pass' } }) };
    expect(diffPrompts(a, b).changes).toEqual([
      { node: '5', title: 'First pass', type: 'KSampler', input: 'seed', a: 1, b: 2 },
    ]);
  });

  it('tells seeds apart that a number could not', () => {
    const read = (seed: string) =>
      parseJson(`{"1": {"class_type": "S", "inputs": {"seed": ${seed}}}}`) as JsonObject;
    const { changes } = diffPrompts(read('18446744073709551615'), read('18446744073709551614'));
    expect(changes).toMatchObject([{ a: 18446744073709551615n, b: 18446744073709551614n }]);
  });

  it('shows inputs that came or went, and links that moved', () => {
    const a = { '2': sampler({ model: ['1', 0], old: true }) };
    const b = { '2': sampler({ model: ['9', 0], fresh: 0 }) };
    expect(diffPrompts(a, b).changes.map(({ input, a: x, b: y }) => [input, x, y])).toEqual([
      ['model', ['1', 0], ['9', 0]],
      ['old', true, undefined],
      ['fresh', undefined, 0],
    ]);
  });

  it('lists nodes of one side; another type at the same id is another node; ids are in order', () => {
    const a = { '10': sampler({}), '2': sampler({}), '3': { class_type: 'A', inputs: {} } };
    const b = { '2': sampler({}), '3': { class_type: 'B', inputs: {} }, '11': sampler({}) };
    const { changes, added, removed } = diffPrompts(a, b);
    expect(changes).toEqual([]);
    expect(added.map((ref) => `${ref.node} ${ref.type}`)).toEqual(['3 B', '11 KSampler']);
    expect(removed.map((ref) => `${ref.node} ${ref.type}`)).toEqual(['3 A', '10 KSampler']);
  });

  it('bears what is no workflow', () => {
    expect(diffPrompts({ a: 1, __proto__: null }, { a: null })).toEqual({
      changes: [],
      added: [],
      removed: [],
    });
  });
});

describe('values in words', () => {
  it('writes links as links', () => {
    expect(wordsOfValue(['4', 1])).toBe('← 4.1');
    expect(wordsOfValue('a fox')).toBe('a fox');
    expect(wordsOfValue([1, 2])).toBe('[1,2]');
    expect(wordsOfValue(undefined)).toBe('–');
    expect(linkIn(['4', '1'])).toBeNull();
  });
});

describe('diffTimings', () => {
  it('puts the longest first and keeps what one run has', () => {
    const at = (seconds: number, cached = false) => ({ node_type: 'N', seconds, cached });
    const rows = diffTimings({ '1': at(0.1), '2': at(3) }, { '2': at(0, true), '3': at(1) });
    expect(rows.map((row) => [row.node, row.a?.seconds ?? null, row.b?.seconds ?? null])).toEqual([
      ['2', 3, 0],
      ['3', null, 1],
      ['1', 0.1, null],
    ]);
  });
});
