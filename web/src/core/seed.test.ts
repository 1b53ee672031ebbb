import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { asArray } from './json';
import { drawSeeds, lastSeed, nextSeed, randomSeed, rememberSeeds, rollSeeds } from './seed';

const SEED = input('seed', 'INT', { min: 0, max: 18446744073709551615n, seed_control: true });
const TYPES = catalog(nodeType('Sampler', [input('model', 'MODEL'), SEED, input('steps', 'INT')]));

function graph(control: string, more = {}) {
  return new GraphDoc({
    nodes: [{ id: 1, type: 'Sampler', inputs: [], widgets_values: [41, control, 20], ...more }],
    links: [],
  });
}

const seedOf = (doc: GraphDoc) => asArray(doc.graph().nodes.get('1')?.['widgets_values'])?.[0];

describe('seeds', () => {
  it('go on exactly, and begin again at the end', () => {
    expect(nextSeed(18446744073709551614n, 'increment', SEED)).toBe(18446744073709551615n);
    expect(nextSeed(18446744073709551615n, 'increment', SEED)).toBe(0);
    expect(nextSeed(0, 'decrement', SEED)).toBe(18446744073709551615n);
    expect(nextSeed(7, 'fixed', SEED)).toBe(7);
  });

  it('are random within the range', () => {
    const small = input('seed', 'INT', { min: 10, max: 12 });
    for (let turn = 0; turn < 50; turn += 1) {
      expect([10, 11, 12]).toContain(randomSeed(small));
      expect(randomSeed(SEED)).toBeGreaterThanOrEqual(0);
    }
  });

  it('are rolled before a run, and what ran is remembered', () => {
    const doc = graph('increment');
    doc.edit('run', '', (tx) => rollSeeds(tx, TYPES));
    rememberSeeds(doc, TYPES);
    expect(seedOf(doc)).toBe(42);
    expect(lastSeed(doc, '', '1', 'seed')).toBe(42);
  });

  it('stay before the first run unless they are random', () => {
    const doc = graph('increment');
    doc.edit('run', '', (tx) => rollSeeds(tx, TYPES, true));
    expect(seedOf(doc)).toBe(41);
    const random = graph('randomize');
    random.edit('run', '', (tx) => rollSeeds(tx, TYPES, true, () => 0.5));
    expect(seedOf(random)).not.toBe(41);
  });

  it('stay where the node does not run or a link gives the seed', () => {
    const muted = graph('increment', { mode: 2 });
    muted.edit('run', '', (tx) => rollSeeds(tx, TYPES));
    expect(seedOf(muted)).toBe(41);
    const linked = graph('increment', {
      inputs: [{ name: 'seed', type: 'INT', link: 3, widget: { name: 'seed' } }],
    });
    linked.edit('run', '', (tx) => rollSeeds(tx, TYPES));
    expect(seedOf(linked)).toBe(41);
  });

  it('are drawn anew on request, whatever their control says', () => {
    for (const control of ['fixed', 'increment', 'randomize']) {
      const doc = graph(control);
      doc.edit('draw', '', (tx) => drawSeeds(tx, TYPES, () => 0.5));
      expect(asArray(doc.graph().nodes.get('1')?.['widgets_values'])).toEqual([
        randomSeed(SEED, () => 0.5),
        control,
        20,
      ]);
    }
    const muted = graph('fixed', { mode: 2 });
    muted.edit('draw', '', (tx) => drawSeeds(tx, TYPES));
    expect(seedOf(muted)).toBe(41);
  });
});
