// How large a workflow may be that the canvas opens. Told before anything is built of it: a page that freezes tells nothing.

import { definitionsIn } from './definitions';
import { asArray, asObject, type Json, type JsonObject } from './json';

export type Limit = keyof typeof most;

/**
 * The most that is opened: letters of JSON, levels of lists and objects in each other, and bytes of a file that the
 * server reads (what it takes, once it has told it), and, over all graphs of a file, nodes with groups, links with their
 * points, inputs, outputs and values of nodes, those of one node, and subgraphs.
 */
const most = {
  letters: 16 * 2 ** 20,
  levels: 200,
  file: 100 * 2 ** 20,
  nodes: 20_000,
  links: 100_000,
  slots: 300_000,
  slotsOfNode: 1000,
  subgraphs: 1000,
};

export const MOST: Readonly<Record<Limit, number>> = most;

/** Whatever a server takes, a browser has no longer texts, and reads none that is deeper. */
const BROWSER = { letters: 256 * 2 ** 20, levels: 1000 } as const;

/** What this server takes is what the canvas opens: anything else could neither be run nor saved. */
export function takeLimits(told: Readonly<Record<'letters' | 'levels' | 'file', number>>): void {
  most.letters = Math.min(told.letters, BROWSER.letters);
  most.levels = Math.min(told.levels, BROWSER.levels);
  most.file = told.file;
}

/** A workflow is larger than the canvas takes: which limit it is, and what was found. */
export class TooLarge extends RangeError {
  readonly limit: Limit;
  readonly found: number;

  constructor(limit: Limit, found: number) {
    super(`${found} ${limit}, more than ${MOST[limit]}`);
    this.limit = limit;
    this.found = found;
  }
}

/** Throws `TooLarge` for a text, or a file of so many bytes, that is not even to be parsed. */
export function checkLength(letters: number): void {
  check('letters', letters);
}

/** Throws `TooLarge` for a file of so many bytes that the server is to read. */
export function checkFile(bytes: number): void {
  check('file', bytes);
}

/** Throws `TooLarge` for what was read, in either format, if it is more than can be shown. */
export function checkSize(raw: JsonObject): void {
  for (const each of [raw, asObject(raw['workflow']), asObject(raw['prompt'])]) {
    if (each === null) continue;
    if (asArray(each['nodes']) === null) checkPrompt(each);
    else checkCanvas(each);
  }
  check('levels', levelsOf(raw, MOST.levels + 1));
}

function checkCanvas(raw: JsonObject): void {
  const definitions = definitionsIn(raw);
  check('subgraphs', definitions.size);
  const graphs = [raw, ...definitions.values()];
  check(
    'nodes',
    sum(graphs, ({ nodes, groups }) => lengthOf(nodes) + lengthOf(groups)),
  );
  check(
    'links',
    sum(graphs, ({ links, reroutes, extra }) => {
      const points = asObject(extra)?.['reroutes'];
      return lengthOf(links) + lengthOf(reroutes) + lengthOf(points);
    }),
  );
  checkSlots(
    graphs.flatMap(({ nodes }) => asArray(nodes) ?? []),
    (node) => lengthOf(node['inputs']) + lengthOf(node['outputs']) + lengthOf(node['widgets_values']),
  );
}

/** A file in the format of runs: its keys are its nodes, and inputs that are pairs may be links. */
function checkPrompt(prompt: JsonObject): void {
  const nodes = Object.values(prompt).flatMap((node) => (node === undefined ? [] : [node]));
  check('nodes', nodes.length);
  checkSlots(nodes, (node) => lengthOf(node['inputs']));
}

function checkSlots(nodes: readonly Json[], slotsOf: (node: JsonObject) => number): void {
  const counts = nodes.map((node) => slotsOf(asObject(node) ?? {}));
  for (const count of counts) check('slotsOfNode', count);
  check(
    'slots',
    sum(counts, (count) => count),
  );
}

function check(limit: Limit, found: number): void {
  if (found > MOST[limit]) throw new TooLarge(limit, found);
}

/** Of a list, or of an object. */
function lengthOf(value: Json | undefined): number {
  return asArray(value)?.length ?? Object.keys(asObject(value) ?? {}).length;
}

function sum<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}

/** How deep a value is, counted no further than `most`: it may be deeper than calls can be. */
function levelsOf(value: Json, most: number): number {
  if (typeof value !== 'object' || value === null || most === 0) return 0;
  let deepest = 0;
  const look = (held: Json | undefined) => {
    if (typeof held === 'object' && deepest < most - 1) deepest = Math.max(deepest, levelsOf(held, most - 1));
  };
  if (Array.isArray(value)) for (const held of value) look(held);
  else for (const key in value) look((value as JsonObject)[key]);
  return 1 + deepest;
}
