import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../test/corpora';
import { GraphDoc } from './doc';
import { isObject, type JsonObject, parseJson, stringifyJson } from './json';

const EMPTY = '{"nodes":[],"links":[],"version":0.4}';
const inner = (id: string): JsonObject => ({
  id,
  name: id,
  version: 1,
  nodes: [{ id: 1, type: 'A' }],
  links: [],
});

function open(text: string): GraphDoc {
  const raw = parseJson(text);
  if (!isObject(raw)) throw new Error('no object');
  return new GraphDoc(raw);
}

describe('definitions as part of a step', { timeout: 60_000 }, () => {
  it('come and go with undo and redo, with what was changed inside', () => {
    const doc = open(EMPTY);
    doc.edit('make', '', (tx) => {
      tx.define('one', inner('one'));
      tx.in('one').patch('node', '1', { title: 'mine' });
      tx.put('node', '1', { id: 1, type: 'one' });
    });
    const made = stringifyJson(doc.save());
    expect(made).toContain('"title":"mine"');
    expect(doc.steps).toHaveLength(1);
    doc.edit('change', 'one', (tx) => tx.patch('node', '1', { mode: 4 }));
    doc.edit('take away', '', (tx) => {
      tx.put('node', '1', null);
      tx.define('one', null);
    });
    expect(doc.has('one')).toBe(false);
    expect(stringifyJson(doc.save())).toBe('{"nodes":[],"links":[],"version":0.4}');
    doc.undo();
    expect(doc.graph('one').nodes.get('1')?.['mode']).toBe(4);
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(made);
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(EMPTY);
    while (doc.redo() !== null);
    expect(doc.has('one')).toBe(false);
  });

  it('are taken back when an edit throws', () => {
    const doc = open(EMPTY);
    expect(() =>
      doc.edit('fail', '', (tx) => {
        tx.define('one', inner('one'));
        tx.in('one').patch('node', '1', { title: 'mine' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(doc.has('one')).toBe(false);
    expect(doc.steps).toHaveLength(0);
  });

  it('keeps a definition that stood inside one that goes', () => {
    const doc = open(
      stringifyJson({
        nodes: [],
        links: [],
        definitions: { subgraphs: [{ ...inner('outer'), definitions: { subgraphs: [inner('nested')] } }] },
      }),
    );
    const before = stringifyJson(doc.save());
    doc.edit('take away', '', (tx) => tx.define('outer', null));
    expect(doc.save()['definitions']).toEqual({ subgraphs: [inner('nested')] });
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(before);
  });

  it('stand where the file had them after they were gone, for every shared file', () => {
    for (const { name, text } of sharedFiles('ui')) {
      const doc = open(text);
      const scopes = [...doc.scopes].filter((scope) => scope !== '');
      if (scopes.length === 0) continue;
      doc.edit('take all away', '', (tx) => {
        for (const scope of scopes) tx.define(scope, null);
      });
      expect([...doc.scopes], name).toEqual(['']);
      doc.undo();
      expect(stringifyJson(doc.save()), name).toBe(stringifyJson(parseJson(text)));
    }
  });
});
