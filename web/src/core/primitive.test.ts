import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import type { Json, JsonObject } from './json';
import { fedBy } from './primitive';

const types = catalog(
  nodeType('Text', [input('text', 'STRING', { multiline: true }), input('line', 'STRING')]),
);

const giver = (links: Json, widget: JsonObject = { name: 'text' }): JsonObject => ({
  ...{ id: 1, type: 'PrimitiveNode', outputs: [{ name: 'STRING', type: 'STRING', widget, links }] },
});
const text = (link: number): JsonObject => ({
  ...{ id: 2, type: 'Text', inputs: [{ name: 'text', type: 'STRING', link, widget: { name: 'text' } }] },
});

function fed(nodes: JsonObject[], links: Json[] = []) {
  const doc = new GraphDoc({ nodes, links });
  return fedBy(doc.graph(''), doc.graph('').nodes.get('1') ?? {}, types);
}

describe('what a primitive node gives its value to', () => {
  it('is the input at the other end of its first link that somebody knows', () => {
    const other = { id: 3, type: 'Nobody', inputs: [{ name: 'text', link: 8 }] };
    const found = fed(
      [giver([8, 9, 99]), text(9), other],
      [
        [8, 1, 0, 3, 0, 'STRING'],
        [9, 1, 0, 2, 0, 'STRING'],
      ],
    );
    expect(found).toMatchObject({ name: 'text', multiline: true });
  });

  it('is found through reroutes, and no circle of them keeps it from ending', () => {
    const reroute = (id: number, into: number, out: number): JsonObject => ({
      ...{ id, type: 'Reroute', inputs: [{ name: '', link: into }], outputs: [{ links: [out] }] },
    });
    const links = [
      [8, 1, 0, 4, 0, '*'],
      [9, 4, 0, 2, 0, '*'],
    ];
    expect(fed([giver([8]), reroute(4, 8, 9), text(9)], links)).toMatchObject({ multiline: true });
    const round = [
      [8, 1, 0, 4, 0, '*'],
      [9, 4, 0, 5, 0, '*'],
      [10, 5, 0, 4, 0, '*'],
    ];
    expect(fed([giver([8]), reroute(4, 8, 9), reroute(5, 9, 10)], round)).toBeNull();
  });

  it('is what an old file says of a text, where nothing else does', () => {
    const config = ['STRING', { multiline: true }];
    expect(fed([giver([], { name: 'text', config })])).toMatchObject({ name: 'text', multiline: true });
    expect(fed([giver([], { name: 'text', config: ['STRING', {}] })])).toBeNull();
    expect(fed([giver([], { name: 'text' })])).toBeNull();
    expect(fed([{ ...giver([], { name: 'text', config }), type: 'Other' }])).toBeNull();
  });
});
