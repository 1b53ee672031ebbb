import { describe, expect, it } from 'vitest';
import { GraphDoc } from './doc';
import { asObject, type Json, type JsonObject, parseJson, stringifyJson } from './json';
import { checkFile, checkLength, checkSize, type Limit, MOST, TooLarge, takeLimits } from './limits';
import { withDefinitions } from './subgraph';

function limitOf(act: () => void): { limit: Limit; found: number } | null {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { limit: error.limit, found: error.found };
  }
}
const sizeOf = (raw: JsonObject) => limitOf(() => checkSize(raw));
const node = (id: number, type = 'A'): Json => ({ id, type, pos: [0, 0] });

describe('how large a workflow may be', () => {
  it('is told of a text before it is parsed', () => {
    expect(limitOf(() => checkLength(200 * 2 ** 20))).toEqual({ limit: 'letters', found: 200 * 2 ** 20 });
    expect(limitOf(() => checkLength(MOST.letters))).toBeNull();
  });

  it('is what the server takes, once it has told that', () => {
    const before = { letters: MOST.letters, levels: MOST.levels, file: MOST.file };
    takeLimits({ letters: 1000, levels: 4, file: 2000 });
    try {
      expect(limitOf(() => checkLength(1001))).toEqual({ limit: 'letters', found: 1001 });
      expect(limitOf(() => checkFile(2001))).toEqual({ limit: 'file', found: 2001 });
      expect(sizeOf({ nodes: [{ a: [[]] }] })).toEqual({ limit: 'levels', found: 5 });
      takeLimits({ letters: 64 * 2 ** 20, levels: 300, file: 2 ** 30 });
      expect(limitOf(() => checkLength(17 * 2 ** 20))).toBeNull();
      expect(limitOf(() => checkFile(2 ** 29))).toBeNull();
      // No browser has texts as long as a server may take.
      takeLimits({ letters: 2 ** 40, levels: 10 ** 9, file: 2 ** 40 });
      expect(limitOf(() => checkLength(2 ** 30))).toEqual({ limit: 'letters', found: 2 ** 30 });
      expect(MOST.levels).toBe(1000);
    } finally {
      takeLimits(before);
    }
  });

  it('refuses a million links, in either format of links, and takes a hundred thousand', () => {
    const links = (count: number) => new Array<Json>(count).fill([1, 1, 0, 2, 0, 'IMAGE']);
    expect(sizeOf({ nodes: [node(1), node(2)], links: links(1_000_000) })).toEqual({
      ...{ limit: 'links', found: 1_000_000 },
    });
    expect(sizeOf({ nodes: [node(1), node(2)], links: links(100_000) })).toBeNull();
    // Those of subgraphs count, too.
    const definition = { id: 'inner', nodes: [], links: links(60_000) };
    const definitions = { subgraphs: [definition, { ...definition, id: 'other' }] };
    expect(sizeOf({ nodes: [], links: [], definitions })).toEqual({ limit: 'links', found: 120_000 });
    const points = { reroutes: links(100_001) };
    expect(sizeOf({ nodes: [], links: [], extra: points })).toEqual({ limit: 'links', found: 100_001 });
  });

  it('refuses more nodes than can be shown, also of what runs', () => {
    const nodes = Array.from({ length: 20_001 }, (_none, id) => node(id));
    expect(sizeOf({ nodes, links: [] })).toEqual({ limit: 'nodes', found: 20_001 });
    const prompt = Object.fromEntries(
      nodes.map((_each, id) => [String(id), { class_type: 'A', inputs: {} }]),
    );
    expect(sizeOf(prompt)).toEqual({ limit: 'nodes', found: 20_001 });
    expect(sizeOf({ prompt })).toEqual({ limit: 'nodes', found: 20_001 });
    expect(sizeOf({ workflow: { nodes, links: [] } })).toEqual({ limit: 'nodes', found: 20_001 });
  });

  it('refuses a node with more than can be drawn, and nodes with too much in all', () => {
    const values = new Array<Json>(1001).fill(1);
    expect(sizeOf({ nodes: [{ id: 1, type: 'A', widgets_values: values }] })).toEqual({
      ...{ limit: 'slotsOfNode', found: 1001 },
    });
    const inputs = Object.fromEntries(values.map((_each, at) => [`i${at}`, ['1', 0]]));
    expect(sizeOf({ 1: { class_type: 'A', inputs } })?.limit).toBe('slotsOfNode');
    const many = new Array<Json>(1000).fill({ id: 1, outputs: values.slice(0, 301) });
    expect(sizeOf({ nodes: many })).toEqual({ limit: 'slots', found: 301_000 });
  });

  it('refuses what is nested too deep, however deep that is', () => {
    const deep = (levels: number) =>
      asObject(parseJson(`{"nodes":[],"extra":${'['.repeat(levels)}1${']'.repeat(levels)}}`)) ?? {};
    expect(sizeOf(deep(MOST.levels - 1))).toBeNull();
    expect(sizeOf(deep(MOST.levels))?.limit).toBe('levels');
    expect(sizeOf(deep(1_000_000))?.limit).toBe('levels');
    // Long integers are found there, too.
    const seed = `{"extra":${'['.repeat(100_000)}18446744073709551615${']'.repeat(100_000)}}`;
    expect(sizeOf(asObject(parseJson(seed)) ?? {})?.limit).toBe('levels');
  });

  it('refuses more subgraphs than there ever are, beside and inside of each other', () => {
    const subgraphs = Array.from({ length: 1001 }, (_none, id) => ({ id: `s${id}`, nodes: [], links: [] }));
    expect(sizeOf({ nodes: [], definitions: { subgraphs } })).toEqual({ limit: 'subgraphs', found: 1001 });
  });

  it('takes definitions that stand in each other in a circle, and shows their instances', () => {
    const holding = (id: string, inner: string) => ({ id, name: id, nodes: [node(1, inner)], links: [] });
    const raw = {
      ...{ nodes: [node(1, 'a'), node(2, 'c')], links: [], version: 0.4 },
      definitions: { subgraphs: [holding('a', 'b'), holding('b', 'a'), holding('c', 'c')] },
    };
    expect(sizeOf(raw)).toBeNull();
    const doc = new GraphDoc(raw);
    expect([...withDefinitions(doc, new Map()).keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(stringifyJson(doc.save())).toBe(stringifyJson(raw));
  });

  it('shows a chain of as many subgraphs as may be', () => {
    const subgraphs = Array.from({ length: MOST.subgraphs }, (_none, at) => ({
      ...{ id: `s${at}`, nodes: [node(1, `s${at + 1}`)], links: [] },
    }));
    const raw = { nodes: [node(1, 's0')], links: [], version: 0.4, definitions: { subgraphs } };
    expect(sizeOf(raw)).toBeNull();
    expect(withDefinitions(new GraphDoc(raw), new Map()).size).toBe(MOST.subgraphs);
  });
});
