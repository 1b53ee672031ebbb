// What is wrong with a graph before it runs: missing links, values that cannot be, nodes that nobody has. The server
// has the last word when a workflow is run; this is what can be said at once, while people edit.

import { type Catalog, type InputType, isFileChoice, type NodeType } from './catalog';
import { choicesFrom, meansChoice, nearestChoices } from './choices';
import type { GraphDoc } from './doc';
import { handedIn, isVirtual } from './everywhere';
import type { Graph } from './graph';
import { asArray, asObject, type Json, type JsonObject } from './json';
import { isNumeric, readsAsNumber } from './numbers';
import { BYPASSED, type InSlot, MUTED, modeOf, shapeOf, titleOf, typeNameOf } from './slots';
import { isBoundary, withDefinitions } from './subgraph';
import type { NodeId, Scope } from './types';

export type IssueCode =
  | 'missing_link'
  | 'missing_type'
  | 'not_chosen'
  | 'not_in_list'
  | 'too_small'
  | 'too_large'
  | 'wrong_kind';

export interface Issue {
  readonly code: IssueCode;
  readonly severity: 'error' | 'warning';
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
  /** The input or widget; empty where it is the node as a whole. */
  readonly input: string;
  readonly type: string;
  /** What it holds, and what it might hold, for texts. */
  readonly value: string;
  readonly limit: string;
  /** Entries of the list that are like the value, best first. */
  readonly suggestions: readonly string[];
  /** The widget's own name, and all that it holds; empty where it is no value that is wrong. */
  readonly widget: string;
  readonly held: Json;
  /** The kind of model files that the list is made of; empty where it is not. */
  readonly folder: string;
}

const MOST = 500;
const LONGEST = 80;

/** Everything that is wrong, in the order of the file. Nodes that are muted or bypassed are left alone. */
export function issuesOf(doc: GraphDoc, served: Catalog): Issue[] {
  if (served.size === 0) return [];
  const catalog = withDefinitions(doc, served);
  const found: Issue[] = [];
  const used = usedScopes(doc);
  for (const scope of doc.scopes) {
    if (scope !== '' && !used.has(scope)) continue;
    const graph = doc.graph(scope);
    const bypassed = new Set([...graph.nodes].filter(([, node]) => modeOf(node) !== 0).map(([id]) => id));
    const around = { doc, graph, catalog, bypassed, handed: handedIn(graph) };
    for (const [id, node] of graph.nodes) {
      if (found.length >= MOST) return found;
      const mode = modeOf(node);
      if (mode === MUTED || mode === BYPASSED) continue;
      found.push(...issuesOfNode(around, scope, id, node));
    }
  }
  return found;
}

/** Look at each node by itself, so that `issuesOf` has little left to do: a large graph may be looked at in parts. */
export function* checkAhead(doc: GraphDoc, served: Catalog): Generator<undefined, void> {
  const catalog = withDefinitions(doc, served);
  for (const scope of doc.scopes)
    for (const node of doc.graph(scope).nodes.values()) {
      if (modeOf(node) !== MUTED && modeOf(node) !== BYPASSED) check(node, catalog);
      yield;
    }
}

/** Definitions that have an instance somewhere. */
function usedScopes(doc: GraphDoc): Set<Scope> {
  const used = new Set<Scope>();
  const waiting: Scope[] = [''];
  for (let scope = waiting.pop(); scope !== undefined; scope = waiting.pop()) {
    for (const node of doc.graph(scope).nodes.values()) {
      const type = typeNameOf(node);
      if (used.has(type) || type === '' || !doc.has(type) || modeOf(node) !== 0) continue;
      used.add(type);
      waiting.push(type);
    }
  }
  return used;
}

/** What of a node's issues follows from its record and its type alone. */
interface Checked {
  readonly type: NodeType | null;
  /** Inputs that must be linked. */
  readonly needed: readonly InSlot[];
  readonly values: readonly (ValueIssue & Pick<Issue, 'input' | 'value' | 'widget' | 'held' | 'folder'>)[];
}

/** Records are never changed, only replaced: after an edit, all nodes but a few are known already. */
const checked = new WeakMap<JsonObject, Checked>();

function check(node: JsonObject, catalog: Catalog): Checked {
  const type = catalog.get(typeNameOf(node)) ?? null;
  const known = checked.get(node);
  if (known !== undefined && known.type === type) return known;
  const made = type === null ? { type, needed: [], values: [] } : checkAgainst(node, type, catalog);
  checked.set(node, made);
  return made;
}

function checkAgainst(node: JsonObject, type: NodeType, catalog: Catalog): Checked {
  const shape = shapeOf(node, catalog);
  const declared = new Map(type.inputs.map((input) => [input.name, input]));
  const isNeeded = (slot: InSlot) =>
    !slot.isWidget && !slot.isOptional && declared.get(slot.name)?.required === true;
  const linked = new Set(shape.inputs.filter((slot) => slot.link !== null).map((slot) => slot.name));
  const values = shape.widgets.flatMap((widget) => {
    if (widget.input === null || linked.has(widget.name)) return [];
    const issue = valueIssue(widget.input, widget.value);
    if (issue === null) return [];
    const folder = issue.code === 'not_in_list' ? (widget.input.choices_from ?? '') : '';
    const held = { widget: widget.name, held: widget.value, folder };
    return [{ ...held, input: widget.label, value: brief(widget.value), ...issue }];
  });
  return { type, needed: type.promoted === undefined ? shape.inputs.filter(isNeeded) : [], values };
}

/** What the nodes of one graph are looked at with. */
interface Around {
  readonly doc: GraphDoc;
  readonly graph: Graph;
  readonly catalog: Catalog;
  readonly bypassed: ReadonlySet<NodeId>;
  readonly handed: ReadonlyMap<string, NodeId>;
}

function issuesOfNode(around: Around, scope: Scope, id: NodeId, node: JsonObject): Issue[] {
  const { doc, graph, catalog } = around;
  const name = typeNameOf(node);
  if (isVirtual(node, graph, catalog)) return [];
  const { type, needed, values: all } = check(node, catalog);
  const values = all.filter((value) => !isHanded(value.widget, id, node, around));
  const lacking = needed.filter((slot) => lacksLink(slot, id, around));
  if (type !== null && lacking.length + values.length === 0) return [];
  const base = {
    ...{ scope, node: id, title: titleOf(node, catalog), severity: 'error' as const, input: '', type: name },
    ...{ value: '', limit: '', suggestions: [] as readonly string[] },
    ...{ widget: '', held: null as Json, folder: '' },
  };
  if (type === null) return doc.has(name) ? [] : [{ ...base, code: 'missing_type' }];
  return [
    ...lacking.map((slot): Issue => ({ ...base, code: 'missing_link', input: slot.label, type: slot.type })),
    ...values.map((value): Issue => ({ ...base, ...value })),
  ];
}

/** Whether a use-everywhere node gives a widget its value. */
function isHanded(widget: string, id: NodeId, node: JsonObject, { handed }: Around): boolean {
  if (handed.size === 0) return false;
  const place = (asArray(node['inputs']) ?? []).findIndex((row) => asObject(row)?.['name'] === widget);
  return handed.has(`${id}/${place}`);
}

function lacksLink(slot: InSlot, id: NodeId, { graph, bypassed, handed }: Around): boolean {
  const link = slot.link === null ? undefined : graph.links.get(slot.link);
  const from = link?.to === id ? link.from : handed.get(`${id}/${slot.index}`);
  if (from === undefined) return true;
  // A muted source gives nothing; a bypassed one may hand on what it gets, which the server decides.
  const source = graph.nodes.get(from);
  if (source === undefined) return !isBoundary(from);
  return bypassed.has(from) && modeOf(source) === MUTED;
}

type ValueIssue = Pick<Issue, 'code'> & Partial<Pick<Issue, 'limit' | 'suggestions'>>;

/** Why a widget cannot hold a value; null if it can. */
export function valueIssue(input: InputType, value: Json): ValueIssue | null {
  switch (input.type) {
    case 'INT':
    case 'FLOAT': {
      if (!isNumeric(value))
        return typeof value === 'string' && readsAsNumber(value) ? null : { code: 'wrong_kind' };
      if (input.min !== null && value < input.min) return { code: 'too_small', limit: String(input.min) };
      return input.max !== null && value > input.max ? { code: 'too_large', limit: String(input.max) } : null;
    }
    case 'BOOLEAN':
      return typeof value === 'boolean' || typeof value === 'number' ? null : { code: 'wrong_kind' };
    case 'COMBO': {
      const choices = input.choices;
      if (choices === null || input.options['multiselect'] !== undefined || typeof value === 'object')
        return null;
      // Files are uploaded after lists were made, others stand in another folder, and some lists only the server has.
      const isElsewhere = input.choices_from !== null && / \[(input|output|temp)\]$/.test(String(value));
      if (input.options['remote'] !== undefined || isElsewhere) return null;
      if (value === '' && isFileChoice(input)) return input.required ? { code: 'not_chosen' } : null;
      if (input.image_upload || meansChoice(value, choices)) return null;
      return { code: 'not_in_list', suggestions: suggested(String(value), choices) };
    }
    default:
      return null;
  }
}

const asked = new WeakMap<readonly Json[], Map<string, readonly string[]>>();

/** Looked for once for each list and value: a list may hold thousands, and nodes that name one file are many. */
function suggested(value: string, choices: readonly Json[]): readonly string[] {
  const known = asked.get(choices) ?? new Map<string, readonly string[]>();
  asked.set(choices, known);
  const found = known.get(value) ?? similar(value, choices.map(String));
  known.set(value, found);
  return found;
}

/** Up to three choices that look like a name, as the list itself would offer them: the same file elsewhere first. */
export function similar(name: string, choices: readonly string[]): string[] {
  return nearestChoices(name, choicesFrom(choices)).map(({ text }) => text);
}

function brief(value: Json): string {
  const text = typeof value === 'object' ? '' : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
