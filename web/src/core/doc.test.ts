import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../test/corpora';
import { random } from '../../test/random';
import { GraphDoc } from './doc';
import { isObject, type JsonObject, parseJson, stringifyJson } from './json';

function open(text: string): GraphDoc {
  const raw = parseJson(text);
  if (!isObject(raw)) throw new Error('no object');
  return new GraphDoc(raw);
}

const files = sharedFiles('ui');

describe('GraphDoc', { timeout: 60_000 }, () => {
  it('reads and writes every shared file without changing a key', () => {
    expect(files.length).toBe(327);
    for (const { name, text } of files) {
      const raw = parseJson(text);
      expect(stringifyJson(open(text).save()), name).toBe(stringifyJson(raw));
    }
  });

  it('changes pos alone when a node is moved', () => {
    for (const { name, text } of files.slice(0, 60)) {
      const doc = open(text);
      const [id] = doc.graph().nodes.keys();
      if (id === undefined) continue;
      doc.edit('move', '', (tx) => tx.patch('node', id, { pos: [1, 2] }));
      const before = (parseJson(text) as { nodes: JsonObject[] }).nodes;
      const after = (doc.save() as unknown as { nodes: JsonObject[] }).nodes;
      expect(before.length, name).toBe(after.length);
      const different = after.flatMap((node, index) =>
        Object.keys(node).filter(
          (key) => stringifyJson(node[key] ?? null) !== stringifyJson(before[index]?.[key] ?? null),
        ),
      );
      expect(different, name).toEqual(['pos']);
    }
  });

  it('undoes and redoes 1,000 random changes exactly', () => {
    const text = files.find((file) => file.name.includes('subgraph'))?.text ?? files[3]?.text ?? '{}';
    const doc = open(text);
    const original = stringifyJson(doc.save());
    const pick = random(7);
    for (let round = 0; round < 1000; round += 1) {
      const scopes = [...doc.scopes];
      const scope = scopes[pick(scopes.length)] ?? '';
      doc.edit(
        'random',
        scope,
        (tx) => {
          const kinds = ['node', 'link', 'group'] as const;
          const kind = kinds[pick(kinds.length)] ?? 'node';
          const ids = [...tx.graph.maps[kind].keys()];
          const id = ids[pick(Math.max(1, ids.length))];
          if (pick(3) === 0)
            tx.put(
              'node',
              `new${round}`,
              { id: `new${round}`, type: 'A', pos: [round, 0] },
              pick(ids.length + 1),
            );
          else if (id === undefined) tx.put('key', `k${round}`, round);
          else if (pick(2) === 0) tx.put(kind, id, null);
          else if (kind === 'node')
            tx.patch('node', id, {
              pos: [pick(9), pick(9)],
              title: `t${round}`,
            });
        },
        '',
        0,
        round,
      );
    }
    const final = stringifyJson(doc.save());
    let undone = 0;
    while (doc.undo() !== null) undone += 1;
    expect(undone).toBeGreaterThan(900);
    expect(stringifyJson(doc.save())).toBe(original);
    while (doc.redo() !== null) undone -= 1;
    expect(undone).toBe(0);
    expect(stringifyJson(doc.save())).toBe(final);
    expect(final).not.toBe(original);
  });

  it('is as it was after everything was undone', () => {
    for (const { name, text } of files.slice(0, 40)) {
      const doc = open(text);
      for (const id of [...doc.graph().nodes.keys()].slice(0, 5)) {
        doc.edit('delete', '', (tx) => tx.put('node', id, null));
        doc.edit('add', '', (tx) => tx.put('node', `x${id}`, { id: `x${id}`, type: 'T' }, 0));
      }
      while (doc.undo() !== null);
      expect(stringifyJson(doc.save()), name).toBe(stringifyJson(parseJson(text)));
    }
  });

  it('makes one step of one gesture, and tells what changed', () => {
    const doc = open('{"nodes":[{"id":1,"type":"A","pos":[0,0]}],"links":[]}');
    const told: string[] = [];
    doc.watch((change) => told.push(`${change.cause} ${change.patches.length}`));
    for (let x = 1; x < 5; x += 1)
      doc.edit('move', '', (tx) => tx.patch('node', '1', { pos: [x, 0] }), 'drag', 800, x * 100);
    doc.edit('move', '', (tx) => tx.patch('node', '1', { pos: [9, 0] }), 'drag', 800, 5000);
    expect(doc.steps.length).toBe(2);
    doc.undo();
    doc.undo();
    expect(doc.graph().nodes.get('1')?.['pos']).toEqual([0, 0]);
    expect(told).toEqual(['edit 1', 'edit 1', 'edit 1', 'edit 1', 'edit 1', 'undo 1', 'undo 1']);
  });

  it('gives a gesture up as if it had never been, and nothing that was done before it', () => {
    const doc = open('{"nodes":[{"id":1,"type":"A","pos":[0,0]}],"links":[]}');
    const move = (x: number, at: number) =>
      doc.edit('move', '', (tx) => tx.patch('node', '1', { pos: [x, 0] }), 'drag', 800, at);
    move(1, 0);
    doc.seal();
    expect(doc.abandon('drag')).toBe(false);
    // With a pause between: two steps.
    move(2, 100);
    move(3, 5000);
    expect(doc.steps.length).toBe(3);
    expect(doc.abandon('other')).toBe(false);
    expect(doc.abandon('drag')).toBe(true);
    expect(doc.graph().nodes.get('1')?.['pos']).toEqual([1, 0]);
    expect([doc.steps.length, doc.undoneSteps.length]).toEqual([1, 0]);
  });

  it('leaves nothing half done when a change throws', () => {
    const doc = open('{"nodes":[{"id":1,"type":"A"}],"links":[]}');
    expect(() =>
      doc.edit('fail', '', (tx) => {
        tx.put('node', '1', null);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(doc.graph().nodes.size).toBe(1);
    expect(doc.steps.length).toBe(0);
  });

  it('keeps keys that mean something to JavaScript as data', () => {
    const text = '{"__proto__":{"a":1},"nodes":[{"id":1,"type":"A","__proto__":{"b":2}}],"links":[]}';
    const doc = open(text);
    doc.edit('move', '', (tx) => tx.patch('node', '1', { pos: [1, 1] }));
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(text);
  });
});
