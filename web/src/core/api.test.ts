import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { sharedFiles } from '../../test/corpora';
import { fromApi } from './api';
import { GraphDoc } from './doc';
import { overlaps } from './geometry';
import { isObject, type JsonObject, parseJson, stringifyJson } from './json';
import { TooLarge } from './limits';

describe('API files', { timeout: 30_000 }, () => {
  const types = catalog(
    nodeType('Load', [input('name', 'COMBO', { choices: ['a'] })], ['MODEL', 'CLIP']),
    nodeType(
      'Sample',
      [input('model', 'MODEL'), input('seed', 'INT', { seed_control: true }), input('steps', 'INT')],
      ['LATENT'],
    ),
  );

  it('with outputs beyond all measure are refused; what names no place of an output is a value', () => {
    const far = Object.fromEntries(
      Array.from({ length: 400 }, (_none, at) => [
        `${at}`,
        { class_type: 'A', inputs: { i: [`${at}`, 999] } },
      ]),
    );
    expect(() => fromApi(far, types)).toThrow(TooLarge);
    const odd = { 1: { class_type: 'A', inputs: { a: ['1', 1e9], b: ['1', -1], c: ['1', 0.5] } } };
    const [node] = fromApi(odd, types)['nodes'] as readonly JsonObject[];
    expect(node).toMatchObject({ inputs: [], outputs: [], widgets_values: { a: ['1', 1e9], b: ['1', -1] } });
  });

  it('get slots, values, links and places', () => {
    const document = fromApi(
      parseJson(
        '{"3":{"class_type":"Load","inputs":{"name":"a"}},"5:1":{"class_type":"Sample","inputs":{"model":["3",0],"seed":18446744073709551615,"steps":["9",0]},"_meta":{"title":"Mine"}},"9":{"class_type":"Other","inputs":{"x":1,"l":[1,2,3]}}}',
      ) as JsonObject,
      types,
    );
    const doc = new GraphDoc(document);
    const [load, sample, other] = ['3', '10', '9'].map((id) => doc.graph('').nodes.get(id) ?? {});
    expect(load?.['widgets_values']).toEqual(['a']);
    expect(sample).toMatchObject({
      id: 10,
      title: 'Mine',
      widgets_values: [18446744073709551615n, 'fixed', expect.anything()],
    });
    expect(sample?.['inputs']).toEqual([
      { name: 'model', type: 'MODEL', link: 1 },
      { name: 'steps', type: 'INT', link: 2, widget: { name: 'steps' } },
    ]);
    expect(other).toMatchObject({ widgets_values: { x: 1, l: [1, 2, 3] }, outputs: [{ links: [2] }] });
    const x = (node: JsonObject | undefined) => (node?.['pos'] as number[] | undefined)?.[0] ?? 0;
    expect(x(sample)).toBeGreaterThan(x(load));
  });

  it('are laid out without overlap, whoever shared them, and can be saved', () => {
    for (const { name, text: file } of sharedFiles('api')) {
      const raw = parseJson(file);
      if (!isObject(raw)) continue;
      const document = fromApi(raw, types);
      const doc = new GraphDoc(document);
      expect(stringifyJson(doc.save()), name).toBe(stringifyJson(document));
      const boxes = [...doc.graph('').nodes.values()].map((node) => {
        const [[x = 0, y = 0], [w = 0, h = 0]] = [node['pos'] as number[], node['size'] as number[]];
        return { x, y: y - 30, w, h: h + 30 };
      });
      for (const [index, one] of boxes.entries())
        for (const two of boxes.slice(index + 1)) expect(overlaps(one, two), name).toBe(false);
    }
  });
});
