// One graph of a document, 0.4 or 1.0, as ordered maps of its entities; writes itself back key by key.

import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
  withKeys,
} from './json';
import { Places } from './places';
import type { Entities, Kind, Link, LinkId, NodeId } from './types';

type Maps = { readonly [K in Kind]: Map<string, Entities[K]> };

/** Keys that are not kept as entities of their own kind. */
const LISTS = new Set(['nodes', 'links', 'groups', 'reroutes']);

export class Graph {
  readonly maps: Maps = {
    node: new Map(),
    link: new Map(),
    group: new Map(),
    reroute: new Map(),
    key: new Map(),
  };
  /** Keys of the file in their order, lists included. */
  readonly #order: string[];
  /** Rows that could not be read, by list and place: they are written back where they were. */
  readonly #unread = new Map<string, Json>();
  readonly linksAreObjects: boolean;
  /** The largest number that ever was an id of a node, of a link, ... here. */
  readonly #highest = new Map<Kind, number>();
  /** Where entities stand among their kind, where somebody asked for that. */
  readonly #places = new Map<Kind, Places>();

  constructor(raw: JsonObject, linksAreObjects: boolean) {
    this.linksAreObjects = linksAreObjects;
    this.#order = Object.keys(raw);
    for (const [key, value] of Object.entries(raw)) {
      if (value !== undefined && !(LISTS.has(key) && Array.isArray(value))) this.maps.key.set(key, value);
    }
    this.#read(raw, 'nodes', 'node', (row) => (isObject(row) ? readId(row['id']) : null));
    this.#read(raw, 'groups', 'group', (row, index) =>
      isObject(row) ? (readId(row['id']) ?? `#${index}`) : null,
    );
    this.#read(raw, 'reroutes', 'reroute', (row) => (isObject(row) ? readId(row['id']) : null));
    for (const [index, row] of (asArray(raw['links']) ?? []).entries()) {
      const link = readLink(row);
      if (link !== null && !this.maps.link.has(link.id)) this.maps.link.set(link.id, link);
      else this.#unread.set(`links/${index}`, row);
    }
    for (const kind of ['node', 'link'] as const)
      for (const id of this.maps[kind].keys()) this.#note(kind, id);
  }

  get nodes(): ReadonlyMap<NodeId, JsonObject> {
    return this.maps.node;
  }

  get links(): ReadonlyMap<LinkId, Link> {
    return this.maps.link;
  }

  get groups(): ReadonlyMap<string, JsonObject> {
    return this.maps.group;
  }

  get reroutes(): ReadonlyMap<string, JsonObject> {
    return this.maps.reroute;
  }

  /** The largest number that ever was an id of this kind, 0 if none was. */
  highest(kind: 'node' | 'link'): number {
    return this.#highest.get(kind) ?? 0;
  }

  #note(kind: Kind, id: string): void {
    if (/^\d{1,15}$/.test(id)) this.#highest.set(kind, Math.max(this.#highest.get(kind) ?? 0, Number(id)));
  }

  key(name: string): Json | undefined {
    return this.maps.key.get(name);
  }

  /** How a new link is written in this graph. */
  writeLink(link: Omit<Link, 'raw'>): Link {
    const ends = [
      numeric(link.id),
      numeric(link.from),
      link.fromSlot,
      numeric(link.to),
      link.toSlot,
    ] as const;
    const [id, origin_id, origin_slot, target_id, target_slot] = ends;
    const raw: Json = this.linksAreObjects
      ? { id, origin_id, origin_slot, target_id, target_slot, type: link.type }
      : [...ends, link.type];
    return { ...link, raw };
  }

  /** Set or, with null, remove an entity; a new one goes to `index`, or to the end for -1. */
  put<K extends Kind>(kind: K, id: string, value: Entities[K] | null, index = -1): void {
    const map = this.maps[kind] as Map<string, Entities[K]>;
    const isNew = !map.has(id);
    if (isNew) this.#note(kind, id);
    if (value === null) {
      map.delete(id);
      this.#places.get(kind)?.remove(id);
    } else if (!isNew || index < 0 || index >= map.size) {
      map.set(id, value);
      if (isNew) this.#places.get(kind)?.append(id);
    } else {
      this.#places.delete(kind);
      const entries = [...map];
      entries.splice(index, 0, [id, value]);
      map.clear();
      for (const [key, each] of entries) map.set(key, each);
    }
  }

  /** Put many at once: costs as much as the graph and the changes, however many of them have a place of their own. */
  putAll(changes: readonly { kind: Kind; id: string; value: Entities[Kind] | null; index: number }[]): void {
    const orders = new Map<Kind, string[]>();
    this.#places.clear();
    for (const { kind, id, value, index } of changes) {
      const map = this.maps[kind] as Map<string, Entities[Kind]>;
      if (!map.has(id)) this.#note(kind, id);
      const order = orders.get(kind);
      if (value !== null && !map.has(id) && index >= 0 && index < map.size) {
        const list = order ?? [...map.keys()];
        if (order === undefined) orders.set(kind, list);
        list.splice(index, 0, id);
      } else if (order !== undefined) {
        if (value === null && map.has(id)) order.splice(order.indexOf(id), 1);
        else if (value !== null && !map.has(id)) order.push(id);
      }
      if (value === null) map.delete(id);
      else map.set(id, value);
    }
    for (const [kind, order] of orders) {
      const map = this.maps[kind] as Map<string, Entities[Kind]>;
      const entries = order.flatMap((id): [string, Entities[Kind]][] => {
        const value = map.get(id);
        return value === undefined ? [] : [[id, value]];
      });
      map.clear();
      for (const [id, value] of entries) map.set(id, value);
    }
  }

  /** The place of an entity among its kind; -1 if it is not there. */
  indexOf(kind: Kind, id: string): number {
    let places = this.#places.get(kind);
    if (places === undefined) {
      places = new Places(this.maps[kind].keys());
      this.#places.set(kind, places);
    }
    return places.of(id);
  }

  /** The graph as JSON: what was not changed is the very object that was read. */
  save(): JsonObject {
    const lists: Record<string, Json[]> = {
      nodes: [...this.maps.node.values()],
      links: [...this.maps.link.values()].map((link) => link.raw),
      groups: [...this.maps.group.values()],
      reroutes: [...this.maps.reroute.values()],
    };
    for (const [place, row] of this.#unread) {
      const [name, index] = place.split('/');
      if (name !== undefined) lists[name]?.splice(Number(index), 0, row);
    }
    const names = [...this.#order, ...this.maps.key.keys(), ...Object.keys(lists)];
    const entries = [...new Set(names)].flatMap((name): [string, Json][] => {
      const own = this.maps.key.get(name);
      if (own !== undefined) return [[name, own]];
      const list = lists[name];
      const isThere = list !== undefined && (this.#order.includes(name) || list.length > 0);
      return isThere ? [[name, list]] : [];
    });
    return Object.fromEntries(entries);
  }

  #read(
    raw: JsonObject,
    list: string,
    kind: 'node' | 'group' | 'reroute',
    idOf: (row: Json, index: number) => string | null,
  ): void {
    for (const [index, row] of (asArray(raw[list]) ?? []).entries()) {
      const id = idOf(row, index);
      if (id !== null && isObject(row) && !this.maps[kind].has(id)) this.maps[kind].set(id, row);
      else this.#unread.set(`${list}/${index}`, row);
    }
  }
}

/** Ids are numbers or texts; either becomes text. */
export function readId(value: Json | undefined): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : null;
}

/** An id as files write it: a number where it is one. */
export function numeric(id: string): number | string {
  return /^-?\d{1,15}$/.test(id) ? Number(id) : id;
}

export function readLink(row: Json): Link | null {
  const list = asArray(row);
  const record = asObject(row);
  const [id, from, fromSlot, to, toSlot, type] =
    list !== null
      ? list
      : record !== null
        ? ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type'].map(
            (key) => record[key] ?? null,
          )
        : [];
  const names = [readId(id), readId(from), readId(to)];
  const slots = [asNumber(fromSlot), asNumber(toSlot)];
  const [linkId, origin, target] = names;
  const [out, into] = slots;
  if (linkId == null || origin == null || target == null || out == null || into == null) return null;
  const name = asString(type) ?? (Array.isArray(type) ? 'COMBO' : '*');
  return {
    id: linkId,
    from: origin,
    fromSlot: out,
    to: target,
    toSlot: into,
    type: name,
    raw: row,
  };
}

/** A copy of a link with another end, written as the file wrote it. */
export function rewire(link: Link, ends: Partial<Pick<Link, 'from' | 'fromSlot' | 'to' | 'toSlot'>>): Link {
  const next = { ...link, ...ends };
  const list = asArray(link.raw);
  const raw: Json =
    list !== null
      ? [list[0] ?? null, numeric(next.from), next.fromSlot, numeric(next.to), next.toSlot, ...list.slice(5)]
      : withKeys(asObject(link.raw) ?? {}, {
          origin_id: numeric(next.from),
          origin_slot: next.fromSlot,
          target_id: numeric(next.to),
          target_slot: next.toSlot,
        });
  return { ...next, raw };
}
