import { describe, expect, it } from 'vitest';
import { input, nodeType } from '../../test/builders';
import { coreTypes } from '../../test/coreTypes';
import { sharedFiles } from '../../test/corpora';
import { GraphDoc } from './doc';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from './json';
import { applyRepairs, fitOf, repairOf, repairsOf } from './repair';
import { valuesOf } from './values';

const types = coreTypes();
const SAMPLER = types.get('KSampler') ?? nodeType('KSampler', []);

function sampler(values: Json, more: JsonObject = {}): JsonObject {
  return { id: 3, type: 'KSampler', mode: 0, inputs: [], outputs: [], widgets_values: values, ...more };
}

const docOf = (...nodes: JsonObject[]) => new GraphDoc({ nodes, links: [] });

describe('fitOf', () => {
  it.each([
    ['INT', 3, 'yes'],
    ['INT', 3.5, 'soft'],
    ['INT', '3', 'soft'],
    ['INT', 'euler', 'no'],
    ['INT', true, 'no'],
    ['FLOAT', 7, 'yes'],
    ['FLOAT', '', 'no'],
    ['BOOLEAN', 1, 'soft'],
    ['BOOLEAN', 2, 'no'],
    ['STRING', 5, 'soft'],
    ['STRING', [1], 'no'],
    ['MASK', {}, 'yes'],
    ['INT', null, 'yes'],
  ] as const)('%s of %j is %s', (type, value, wanted) => {
    expect(fitOf(input('x', type), value as Json)).toBe(wanted);
  });

  it('tells a choice that is not offered from what cannot be one', () => {
    const mode = input('mode', 'COMBO', { choices: ['a', 'b'] });
    expect([fitOf(mode, 'a'), fitOf(mode, 'c'), fitOf(mode, 4)]).toEqual(['yes', 'odd', 'no']);
    const file = input('name', 'COMBO', { choices: [], choices_from: 'vae' });
    expect([fitOf(file, 'x.safetensors'), fitOf(file, 4)]).toEqual(['soft', 'no']);
    expect(fitOf(input('n', 'COMBO', { choices: [8, 16] }), '16')).toBe('soft');
  });
});

describe('repairs', () => {
  it('finds none in the 353 files that people shared, whose nodes are known', () => {
    let nodes = 0;
    const found: string[] = [];
    for (const { name, text } of sharedFiles('ui')) {
      const raw = parseJson(text);
      if (!isObject(raw)) continue;
      const doc = new GraphDoc(raw);
      for (const scope of doc.scopes)
        for (const node of doc.graph(scope).nodes.values())
          if (types.has(String(node['type'])) && Array.isArray(node['widgets_values'])) nodes += 1;
      found.push(...repairsOf(doc, types).map((repair) => `${name}: ${repair.node} ${repair.type}`));
    }
    expect(nodes).toBeGreaterThan(3000);
    expect(found).toEqual([]);
  });

  it('takes what stands in the right places, in whichever length', () => {
    const whole = [5, 'fixed', 20, 8, 'euler', 'normal', 1];
    for (const values of [whole, [5, 20, 8, 'euler', 'normal', 1], whole.slice(0, 4), [...whole, 'more'], {}])
      expect(repairOf(sampler(values), SAMPLER)).toBeNull();
  });

  it('gives each value to the widget that it was meant for where one is lacking', () => {
    const node = sampler([5, 'increment', 7.5, 'euler', 'karras', 0.5]);
    const repair = repairOf(node, SAMPLER);
    expect(repair?.values).toEqual([5, 'increment', 20, 7.5, 'euler', 'karras', 0.5]);
    expect(repair?.rows.find((row) => row.name === 'cfg')).toEqual({
      ...{ name: 'cfg', before: 'euler', after: 7.5, isDefault: false },
    });
    expect(repair?.rows.filter((row) => row.isDefault).map((row) => row.name)).toEqual(['steps']);
    expect(repair?.leftOver).toEqual([]);
  });

  it('leaves over what nothing takes, and reads the repaired list as it was shown', () => {
    const node = sampler([5, 'fixed', 20, 'what is this', 8, 'euler', 'normal', 1]);
    const repair = repairOf(node, SAMPLER);
    expect(repair?.leftOver).toEqual(['what is this']);
    const again = valuesOf({ ...node, widgets_values: repair?.values ?? [] }, SAMPLER);
    for (const { name, after } of repair?.rows ?? []) expect(again.get(name)).toEqual(after);
    expect(repairOf({ ...node, widgets_values: repair?.values ?? [] }, SAMPLER)).toBeNull();
  });

  it('does not mind a value whose widget is linked, nor nodes that do not run', () => {
    const odd = [5, 'fixed', 20, 8, 'euler', 'normal', 'x'];
    const linked = { inputs: [{ name: 'denoise', type: 'FLOAT', link: 7, widget: { name: 'denoise' } }] };
    expect(repairOf(sampler(odd), SAMPLER)?.values.at(-1)).toBe(1);
    expect(repairOf(sampler(odd, linked), SAMPLER)).toBeNull();
    expect(repairsOf(docOf(sampler(odd, { mode: 4 })), types)).toEqual([]);
  });

  it('is one step of undo for all that is accepted', () => {
    const doc = docOf(sampler([5, 'fixed', 8, 'euler', 'normal', 1]), sampler(['?'], { id: 4 }));
    const before = stringifyJson(doc.save());
    const repairs = repairsOf(doc, types);
    expect(repairs.map(({ node }) => node)).toEqual(['3', '4']);
    expect(applyRepairs(doc, 'repair', repairs)).toBe(true);
    expect(repairsOf(doc, types)).toEqual([]);
    expect(doc.steps.length).toBe(1);
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(before);
  });
});
