import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../test/corpora';
import { random } from '../../test/random';
import { copyNodes, pasteClip } from './clipboard';
import { GraphDoc, type Transaction } from './doc';
import {
  addGroup,
  connect,
  deleteNodes,
  moveNodes,
  resizeNode,
  toggleFlag,
  toggleMode,
  unlink,
} from './edit';
import { enclose } from './enclose';
import { isObject, parseJson, stringifyJson } from './json';
import { instanceKeeper, movePort, removePort, renamePort } from './ports';
import { addReroute, moveReroutes, removeReroute, reroutesOf } from './reroutes';
import { shareValue } from './shared';
import { BYPASSED, shapeOf, typeNameOf } from './slots';
import { portsOf, withDefinitions } from './subgraph';
import { unpack } from './unpack';

type Pick = (below: number) => number;

/** One thing that people do, to something chosen at random; it may do nothing. */
function command(tx: Transaction, pick: Pick, round: number): void {
  const { graph, doc } = tx;
  const one = <T>(all: Iterable<T>): T | undefined => {
    const list = [...all];
    return list[pick(Math.max(1, list.length))];
  };
  const node = one(graph.nodes.keys());
  const link = one(graph.links.values());
  const some = new Set([...graph.nodes.keys()].filter(() => pick(6) === 0).slice(0, 12));
  const known = withDefinitions(doc, new Map());
  const at = { x: pick(2000), y: pick(2000) };
  const side = pick(2) === 0 ? 'inputs' : 'outputs';
  const ports = tx.scope === '' ? 0 : portsOf(graph, side).length;
  const acts: (() => unknown)[] = [
    () => node && moveNodes(tx, new Map([[node, at]])),
    () => node && resizeNode(tx, node, at),
    () => toggleMode(tx, some, BYPASSED),
    () => toggleFlag(tx, some, 'collapsed'),
    () => deleteNodes(tx, some.size > 4 ? new Set([...some].slice(0, 2)) : some, known, pick(2) === 0),
    () => link && unlink(tx, link.id),
    () => link && addReroute(tx, link, 0, at),
    () => moveReroutes(tx, new Map([[one(reroutesOf(graph).keys()) ?? '', at]])),
    () => removeReroute(tx, one(reroutesOf(graph).keys()) ?? ''),
    () => addGroup(tx, `G${round}`, { ...at, w: 100, h: 100 }),
    () => node && tx.patch('node', node, { title: `T${round}` }),
    () =>
      pasteClip(tx, copyNodes(doc, tx.scope, new Set([...some].slice(0, 4)), new Set()), at, {
        keepsIncoming: pick(2) === 0,
        makeId: () => `made-${round}`,
      }),
    () => some.size > 0 && enclose(tx, { nodes: some, groups: new Set() }, `S${round}`, () => `sub-${round}`),
    () => {
      const own = [...graph.nodes].find(([, each]) => doc.has(typeNameOf(each)) && typeNameOf(each) !== '');
      return own && unpack(tx, own[0], known);
    },
    () => {
      const other = one(graph.nodes.keys());
      const input = other && one(shapeOf(graph.nodes.get(other) ?? {}, known).inputs);
      return (
        node &&
        other &&
        input &&
        connect(tx, { node, slot: pick(3) }, { node: other, input: input.name }, known)
      );
    },
    () =>
      node &&
      shareValue(tx, [node], one(shapeOf(graph.nodes.get(node) ?? {}, known).widgets)?.name ?? '', known),
    () => ports > 1 && movePort(tx, side, pick(ports), pick(ports)),
    () => ports > 0 && renamePort(tx, side, pick(ports), `P${round}`),
    () => ports > 0 && pick(4) === 0 && removePort(tx, side, pick(ports)),
  ];
  acts[pick(acts.length)]?.();
}

describe('1,000 random commands', { timeout: 120_000 }, () => {
  const files = sharedFiles('ui').filter(({ text }) => text.length > 15_000 && text.length < 60_000);
  const nested = files.filter(({ text }) => text.includes('"subgraphs"'));
  it.each([...nested.slice(0, 2), ...files.slice(40, 42)].map(({ name, text }) => [name, text]))(
    'are undone to the original and done again to the end: %s',
    (name, text) => {
      const raw = parseJson(text);
      const doc = new GraphDoc(isObject(raw) ? raw : {});
      doc.setKeeper(instanceKeeper((each) => withDefinitions(each, new Map())));
      const original = stringifyJson(doc.save());
      const pick = random(name.length);
      for (let round = 0; round < 1000; round += 1) {
        const scopes = [...doc.scopes];
        // Most of what people do they do at the outside.
        const scope = pick(3) === 0 ? (scopes[pick(scopes.length)] ?? '') : '';
        doc.edit(`c${round}`, scope, (tx) => command(tx, pick, round), '', 0, round);
      }
      const steps = doc.steps.length;
      expect(steps).toBeGreaterThan(300);
      const final = stringifyJson(doc.save());
      // What is saved is read again as it is.
      const again = parseJson(final);
      expect(stringifyJson(new GraphDoc(isObject(again) ? again : {}).save())).toBe(final);
      expect(doc.travel(0)).toHaveLength(steps);
      expect(stringifyJson(doc.save()) === original).toBe(true);
      expect(doc.travel(steps)).toHaveLength(steps);
      expect(stringifyJson(doc.save()) === final).toBe(true);
      // Steps that were kept as JSON, as drafts keep them, do the same.
      const kept = parseJson(stringifyJson(doc.steps as never)) as never;
      const read = parseJson(final);
      const restored = new GraphDoc(isObject(read) ? read : {});
      restored.restoreSteps(kept, []);
      restored.travel(0);
      const same = (value: string) => JSON.stringify(sortedKeys(JSON.parse(value) as unknown));
      expect(same(stringifyJson(restored.save()))).toBe(same(original));
    },
  );
});

/**
 * In order: a file that was saved and read again may have another order of keys that were added, and of definitions that
 * were taken away, and a list of points that is empty.
 */
function sortedKeys(value: unknown, of = ''): unknown {
  if (Array.isArray(value)) {
    const all = value.map((each) => sortedKeys(each));
    return of === 'subgraphs' ? all.map((each) => JSON.stringify(each)).sort() : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== 'reroutes' || !Array.isArray(each) || each.length > 0)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, each]) => [key, sortedKeys(each, key)]),
  );
}
