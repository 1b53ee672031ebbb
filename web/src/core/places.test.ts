import { describe, expect, it } from 'vitest';
import { Graph } from './graph';
import { Places } from './places';

/** A generator of its own, so that a failure can be had again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

describe('places', () => {
  it.each([1, 2, 3, 4, 5])('are those of a list, whatever comes and goes (%i)', (seed) => {
    const next = numbers(seed);
    const list = Array.from({ length: Math.floor(next() * 40) }, (_, index) => `k${index}`);
    const places = new Places(list);
    for (let step = 0; step < 300; step += 1) {
      if (next() < 0.45 || list.length === 0) {
        list.push(`n${step}`);
        places.append(`n${step}`);
      } else {
        const [gone] = list.splice(Math.floor(next() * list.length), 1);
        places.remove(gone ?? '');
        expect(places.of(gone ?? '')).toBe(-1);
      }
      expect(list.map((key) => places.of(key))).toEqual(list.map((_, index) => index));
    }
    places.remove('never there');
    expect(places.of('never there')).toBe(-1);
  });

  it('follow a graph, also where something comes back into the midst', () => {
    const node = (id: number) => ({ id, type: 'T' });
    const graph = new Graph({ nodes: [1, 2, 3, 4, 5].map(node) }, false);
    expect(graph.indexOf('node', '4')).toBe(3);
    graph.put('node', '2', null);
    expect(graph.indexOf('node', '4')).toBe(2);
    graph.put('node', '9', node(9));
    expect(graph.indexOf('node', '9')).toBe(4);
    graph.put('node', '2', node(2), 1);
    expect([...graph.nodes.keys()].map((id) => graph.indexOf('node', id))).toEqual([0, 1, 2, 3, 4, 5]);
    graph.putAll([
      { kind: 'node', id: '1', value: null, index: 0 },
      { kind: 'node', id: '7', value: node(7), index: -1 },
    ]);
    expect([...graph.nodes.keys()].map((id) => graph.indexOf('node', id))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(graph.indexOf('node', '1')).toBe(-1);
  });
});
