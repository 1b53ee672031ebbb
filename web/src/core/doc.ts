// GraphDoc: a workflow document that is edited. Every change is a step of patches that can be undone; whoever watches
// is told what changed. The document is the file: saving writes back what was read, but for what steps changed.

import { definitionsIn } from './definitions';
import { Graph } from './graph';
import { asArray, asObject, isObject, type Json, type JsonObject, stringifyJson, withKeys } from './json';
import type { Entities, Kind, Patch, Scope, Step } from './types';

const MOST_STEPS = 1000;

export interface Change {
  readonly patches: readonly Patch[];
  readonly label: string;
  readonly cause: 'edit' | 'undo' | 'redo' | 'load';
}

/** What a command may do to a document. Reading sees what was written before in the same step. */
export interface Transaction {
  readonly doc: GraphDoc;
  readonly scope: Scope;
  readonly graph: Graph;
  put<K extends Kind>(kind: K, id: string, value: Entities[K] | null, index?: number): void;
  /** Change some keys of a node, group or reroute; `undefined` removes a key. */
  patch(kind: 'node' | 'group' | 'reroute', id: string, changes: JsonObject): void;
  /** The same step in another graph of the document. Throws if there is none. */
  in(scope: Scope): Transaction;
  /** Add the definition of a subgraph under its id, or take it away with null. */
  define(id: Scope, definition: JsonObject | null): void;
}

/** Who keeps in step what follows from an edit, as part of it: looks before each edit and completes it after. */
export interface Keeper<Seen> {
  look(doc: GraphDoc, scope: Scope): Seen;
  complete(tx: Transaction, seen: Seen): void;
}

export class GraphDoc {
  /** Grows with every change, also of undo; two equal values mean that nothing happened between. */
  revision = 0;
  readonly #graphs = new Map<Scope, Graph>();
  readonly #root: JsonObject;
  /** Every definition that there ever was, in the order in which they came. */
  readonly #known = new Map<Scope, Graph>();
  readonly #watchers = new Set<(change: Change) => void>();
  #done: Step[] = [];
  #undone: Step[] = [];
  #keep: (scope: Scope) => (tx: Transaction) => void = () => () => {};

  constructor(raw: JsonObject) {
    this.#root = raw;
    this.#graphs.set('', new Graph(raw, raw['version'] === 1));
    for (const [id, definition] of definitionsIn(raw)) this.#define(id, definition);
  }

  get scopes(): Iterable<Scope> {
    return this.#graphs.keys();
  }

  /** A graph of the document. Throws if there is none. */
  graph(scope: Scope = ''): Graph {
    const graph = this.#graphs.get(scope);
    if (graph === undefined) throw new RangeError(`there is no subgraph ${scope}`);
    return graph;
  }

  has(scope: Scope): boolean {
    return this.#graphs.has(scope);
  }

  /** Have every edit, but for undo and redo, completed. */
  setKeeper<Seen>(keeper: Keeper<Seen>): void {
    this.#keep = (scope) => {
      const seen = keeper.look(this, scope);
      return (tx) => keeper.complete(tx, seen);
    };
  }

  /**
   * Do something as one step.
   *
   * Steps of one `gesture` that follow each other within `within` milliseconds become one: typing, dragging.
   */
  edit(
    label: string,
    scope: Scope,
    change: (tx: Transaction) => void,
    gesture = '',
    within = 800,
    now = Date.now(),
  ): boolean {
    const patches = this.#collect(scope, change);
    if (patches.length === 0) return false;
    const last = this.#done.at(-1);
    if (gesture !== '' && last?.gesture === gesture && now - last.at <= within && this.#undone.length === 0) {
      this.#done[this.#done.length - 1] = {
        ...last,
        at: now,
        patches: merged(last.patches, patches),
      };
    } else {
      this.#done.push({ label, gesture, at: now, patches });
      if (this.#done.length > MOST_STEPS) this.#done.shift();
    }
    this.#undone = [];
    this.#tell({ patches, label, cause: 'edit' });
    return true;
  }

  /** Change something that is no step of undo: what a run does to seeds. */
  adjust(label: string, scope: Scope, change: (tx: Transaction) => void): boolean {
    const patches = this.#collect(scope, change);
    if (patches.length > 0) this.#tell({ patches, label, cause: 'edit' });
    return patches.length > 0;
  }

  /** End a gesture: the next edit is a step of its own. */
  seal(): void {
    const last = this.#done.at(-1);
    if (last !== undefined) this.#done[this.#done.length - 1] = { ...last, gesture: '' };
  }

  undo(): Step | null {
    return this.#takeBack((step) => this.#undone.push(step));
  }

  /** Take back the last steps, as far as they are of this gesture, as if they had never been: no redo brings them back. */
  abandon(gesture: string): boolean {
    let isAny = false;
    while (gesture !== '' && this.#done.at(-1)?.gesture === gesture) isAny = this.#takeBack() !== null;
    return isAny;
  }

  #takeBack(keep: (step: Step) => void = () => {}): Step | null {
    const step = this.#done.pop();
    if (step === undefined) return null;
    const patches = [...step.patches].reverse().map(invert);
    this.#apply(patches);
    keep(step);
    this.#tell({ patches, label: step.label, cause: 'undo' });
    return step;
  }

  redo(): Step | null {
    const step = this.#undone.pop();
    if (step === undefined) return null;
    this.#apply(step.patches);
    this.#done.push({ ...step, gesture: '' });
    this.#tell({ patches: step.patches, label: step.label, cause: 'redo' });
    return step;
  }

  /** Undo or redo until `count` steps are done. Returns those that were, the last one last. */
  travel(count: number): Step[] {
    const passed: Step[] = [];
    const pass = (step: Step | null): boolean => {
      if (step !== null) passed.push(step);
      return step !== null;
    };
    while (this.#done.length > Math.max(0, count) && pass(this.undo()));
    while (this.#done.length < count && pass(this.redo()));
    return passed;
  }

  get steps(): readonly Step[] {
    return this.#done;
  }

  get undoneSteps(): readonly Step[] {
    return this.#undone;
  }

  /** Take over the steps of an earlier session of the same document. */
  restoreSteps(done: readonly Step[], undone: readonly Step[]): void {
    this.#done = [...done];
    this.#undone = [...undone];
  }

  /** Be told of every change; returns how to stop that. */
  watch(watcher: (change: Change) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The document as JSON. */
  save(): JsonObject {
    const written = new Set<Scope>(['']);
    const saved = this.#withDefinitions(this.#root, this.graph('').save(), written);
    const added: Json[] = [];
    for (const id of this.#known.keys()) {
      const graph = this.#graphs.get(id);
      if (graph === undefined || written.has(id)) continue;
      written.add(id);
      const raw = graph.save();
      added.push(this.#withDefinitions(raw, raw, written));
    }
    if (added.length === 0) return saved;
    const definitions = asObject(saved['definitions']) ?? {};
    const subgraphs = [...(asArray(definitions['subgraphs']) ?? []), ...added];
    return withKeys(saved, { definitions: withKeys(definitions, { subgraphs }) });
  }

  /** One definition as JSON, without those inside it; null if there is none. */
  definition(id: Scope): JsonObject | null {
    return id === '' ? null : (this.#graphs.get(id)?.save() ?? null);
  }

  /** A graph as saved, with those of its definitions that are still there. */
  #withDefinitions(raw: JsonObject, saved: JsonObject, written: Set<Scope>): JsonObject {
    const definitions = asObject(raw['definitions']);
    const subgraphs = asArray(definitions?.['subgraphs']);
    if (definitions === null || subgraphs === null) return saved;
    const rows = subgraphs.flatMap((entry): Json[] => {
      const id = isObject(entry) ? entry['id'] : null;
      if (!isObject(entry) || typeof id !== 'string' || id === '') return [entry];
      const graph = this.#graphs.get(id);
      if (graph === undefined) return [];
      written.add(id);
      return [this.#withDefinitions(entry, graph.save(), written)];
    });
    // The last one went, and with it what held it.
    const left = withKeys(definitions, {
      subgraphs: rows.length === 0 && subgraphs.length > 0 ? undefined : rows,
    });
    return withKeys(saved, { definitions: Object.keys(left).length === 0 ? undefined : left });
  }

  /** Make changes; all of them are taken back if one fails. */
  #collect(scope: Scope, change: (tx: Transaction) => void): Patch[] {
    const patches: Patch[] = [];
    const tx = this.#transaction(scope, patches);
    try {
      const complete = this.#keep(scope);
      change(tx);
      if (patches.length > 0) complete(tx);
    } catch (error) {
      this.#apply([...patches].reverse().map(invert));
      throw error;
    }
    return patches;
  }

  #transaction(scope: Scope, patches: Patch[]): Transaction {
    const graph = this.graph(scope);
    const put: Transaction['put'] = (kind, id, value, index = -1) => {
      const before = graph.maps[kind].get(id) ?? null;
      if (before === value) return;
      const place = before === null ? index : value === null ? graph.indexOf(kind, id) : -1;
      graph.put(kind, id, value, place);
      patches.push({
        scope,
        kind,
        id,
        index: place,
        before,
        after: value,
      } as Patch);
    };
    const tx: Transaction = {
      doc: this,
      scope,
      graph,
      put,
      patch: (kind, id, changes) => {
        const before = graph.maps[kind].get(id);
        if (before !== undefined) put(kind, id, withKeys(before, changes));
      },
      in: (other) => (other === scope ? tx : this.#transaction(other, patches)),
      define: (id, definition) => {
        const before = this.definition(id);
        if (id === '' || (before === null && definition === null)) return;
        if (before !== null && definition !== null) throw new RangeError(`there is a subgraph ${id} already`);
        patches.push({ scope: '', kind: 'definition', id, index: -1, before, after: definition });
        this.#define(id, definition);
      },
    };
    return tx;
  }

  /** What comes back by undo or redo is the graph that it was, which knows the order of its keys. */
  #define(id: Scope, definition: JsonObject | null): void {
    const known = this.#known.get(id);
    if (definition === null) {
      const graph = this.#graphs.get(id);
      this.#graphs.delete(id);
      if (graph !== undefined) this.#known.set(id, graph);
      return;
    }
    const isSame = known !== undefined && stringifyJson(known.save()) === stringifyJson(definition);
    const graph = isSame ? known : new Graph(definition, true);
    this.#known.set(id, graph);
    this.#graphs.set(id, graph);
  }

  #apply(patches: readonly Patch[]): void {
    let scopes = new Map<Scope, Parameters<Graph['putAll']>[0][number][]>();
    const flush = () => {
      for (const [scope, own] of scopes) this.graph(scope).putAll(own);
      scopes = new Map();
    };
    for (const patch of patches) {
      if (patch.kind === 'definition') {
        flush();
        this.#define(patch.id, patch.after);
        continue;
      }
      const { scope, kind, id, after: value, index } = patch;
      const own = scopes.get(scope);
      if (own === undefined) scopes.set(scope, [{ kind, id, value, index }]);
      else own.push({ kind, id, value, index });
    }
    flush();
  }

  #tell(change: Change): void {
    this.revision += 1;
    for (const watcher of [...this.#watchers]) watcher(change);
  }
}

function invert(patch: Patch): Patch {
  return { ...patch, before: patch.after, after: patch.before } as Patch;
}

/** Patches of one gesture: what changed a thing again and again changed it once, or a long drag would hold every move. */
function merged(earlier: readonly Patch[], later: readonly Patch[]): readonly Patch[] {
  const all = [...earlier];
  const places = new Map(earlier.map((patch, index) => [`${patch.scope}/${patch.kind}/${patch.id}`, index]));
  for (const patch of later) {
    const key = `${patch.scope}/${patch.kind}/${patch.id}`;
    const place = places.get(key);
    const before = place === undefined ? undefined : all[place];
    if (
      place !== undefined &&
      before?.after != null &&
      patch.after !== null &&
      before.after === patch.before
    ) {
      all[place] = { ...before, after: patch.after } as Patch;
    } else {
      places.set(key, all.length);
      all.push(patch);
    }
  }
  return all;
}
