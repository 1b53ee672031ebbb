// What a document names and this server does not have: node types, and model files. Found from what is known here; what
// only the server knows (where else a file is, its hash) comes with its report and is put beside it.

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import { setValue } from './edit';
import type { Issue } from './issues';
import { asArray, asObject, asString, type JsonObject } from './json';
import { typeNameOf } from './slots';
import { editScopes } from './steps';
import { withDefinitions } from './subgraph';
import type { NodeId, Scope } from './types';

/** A node, or one of its widgets. */
export interface Spot {
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
  /** Empty where it is the node as a whole. */
  readonly widget: string;
  readonly label: string;
}

export interface MissingType {
  readonly type: string;
  /** The registry's name of its pack (`cnr_id`), or `owner/name` of its repository (`aux_id`); empty if not said. */
  readonly pack: string;
  readonly repository: string;
  readonly version: string;
  readonly spots: readonly Spot[];
  /** Types that are there and called alike. */
  readonly nearest: readonly string[];
}

export interface MissingFile {
  readonly name: string;
  /** The kind of model, which is the folder that it belongs in; empty if nothing says. */
  readonly folder: string;
  readonly spots: readonly Spot[];
  /** Where the file can be had, and its SHA-256, as far as the document says; else empty. */
  readonly url: string;
  readonly sha256: string;
  readonly nearest: readonly string[];
  /** A run takes the first of `nearest` by itself, as the only file of that name. */
  readonly isTaken: boolean;
  /** Why the first of `nearest` comes first. */
  readonly because: 'hash' | 'base name' | 'similar name' | null;
}

/** What `POST /api/v1/workflows/validate` says is missing. */
export interface MissingReport {
  readonly missing_types: readonly {
    readonly node_type: string;
    readonly node_ids: readonly string[];
    readonly pack: string;
    readonly repository: string;
    readonly version: string;
    readonly nearest: readonly string[];
  }[];
  readonly missing_models: readonly {
    readonly name: string;
    readonly folder: string;
    readonly inputs: readonly string[];
    readonly url: string;
    readonly sha256: string;
    readonly nearest: string | null;
    readonly nearest_by: 'hash' | 'base name' | 'similar name' | null;
  }[];
}

/** Node types that nobody has, by how often they are used. Nodes that are muted or bypassed keep nothing from running. */
export function missingTypes(
  doc: GraphDoc,
  issues: readonly Issue[],
  report: MissingReport | null,
): MissingType[] {
  const found = new Map<string, Issue[]>();
  for (const issue of issues)
    if (issue.code === 'missing_type') found.set(issue.type, [...(found.get(issue.type) ?? []), issue]);
  return [...found]
    .map(([type, all]): MissingType => {
      const told = report?.missing_types.find((each) => each.node_type === type);
      const properties = all.map(({ scope, node }) =>
        asObject(doc.graph(scope).nodes.get(node)?.['properties']),
      );
      const said = (key: string) =>
        properties.map((each) => asString(each?.[key])).find((each) => each != null && each !== '') ?? '';
      return {
        type,
        pack: said('cnr_id') || (told?.pack ?? ''),
        repository: said('aux_id') || (told?.repository ?? ''),
        version: said('ver') || (told?.version ?? ''),
        spots: all.map(({ scope, node, title }) => ({ scope, node, title, widget: '', label: '' })),
        nearest: told?.nearest ?? [],
      };
    })
    .sort((one, other) => other.spots.length - one.spots.length);
}

/** Model files that are not there, in the order of the document; then those that only its lists of models name. */
export function missingFiles(
  doc: GraphDoc,
  issues: readonly Issue[],
  report: MissingReport | null,
  catalog: Catalog,
): MissingFile[] {
  const found = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (issue.folder === '' || typeof issue.held !== 'string' || issue.held === '') continue;
    const key = `${issue.folder}/${issue.held}`;
    found.set(key, [...(found.get(key) ?? []), issue]);
  }
  const records = modelRecords(doc);
  // A widget that could hold the file holds another one by now: what the node says besides is history.
  const isAnswered = ({ name, folder }: { readonly name: string; readonly folder: string }) => {
    const spots = records.get(baseOf(name))?.spots ?? [];
    return spots.some(({ scope, node }) =>
      catalog
        .get(typeNameOf(doc.graph(scope).nodes.get(node) ?? {}))
        ?.inputs.some((input) => input.choices_from === folder),
    );
  };
  const told = new Map((report?.missing_models ?? []).map((each) => [`${each.folder}/${each.name}`, each]));
  const files = [...found].flatMap(([key, all]): MissingFile[] => {
    const [first] = all;
    if (first === undefined) return [];
    const name = String(first.held);
    const record = records.get(baseOf(name));
    const more = told.get(key);
    told.delete(key);
    const nearest = more?.nearest ?? null;
    const isSame = (other: string) => baseOf(other).toLowerCase() === baseOf(name).toLowerCase();
    const isTaken = report !== null && more === undefined && first.suggestions.slice(0, 1).some(isSame);
    return [
      {
        name,
        folder: first.folder,
        spots: all.map(({ scope, node, title, widget, input }) => ({
          ...{ scope, node, title, widget, label: input },
        })),
        url: webAddress(more?.url || record?.url),
        sha256: (more?.sha256 || record?.sha256) ?? '',
        isTaken,
        nearest: [...new Set([...(nearest === null ? [] : [nearest]), ...first.suggestions])],
        because:
          nearest !== null
            ? (more?.nearest_by ?? null)
            : first.suggestions[0] === undefined
              ? null
              : isSame(first.suggestions[0])
                ? 'base name'
                : 'similar name',
      },
    ];
  });
  const left = [...told.values()].filter((each) => each.inputs.length > 0 || !isAnswered(each));
  const others = left.map(
    (each): MissingFile => ({
      name: each.name,
      folder: each.folder,
      spots: [
        ...each.inputs.flatMap((input) => locate(doc, input)),
        ...(each.inputs.length > 0 ? [] : (records.get(baseOf(each.name))?.spots ?? [])),
      ],
      url: webAddress(each.url),
      sha256: each.sha256,
      isTaken: false,
      nearest: each.nearest === null ? [] : [each.nearest],
      because: each.nearest_by,
    }),
  );
  return [...files, ...others];
}

interface ModelRecord {
  readonly url: string;
  readonly sha256: string;
  readonly spots: readonly Spot[];
}

/** What the document says of model files, by their base names: in `properties.models` of nodes, and in lists of its own. */
export function modelRecords(doc: GraphDoc): Map<string, ModelRecord> {
  const found = new Map<string, ModelRecord>();
  const add = (rows: unknown, spot: Spot | null) => {
    for (const row of asArray(rows) ?? []) {
      const record = asObject(row);
      const name = baseOf(asString(record?.['name']) ?? '');
      if (record === null || name === '') continue;
      const known = found.get(name);
      const kind = (asString(record['hash_type']) ?? '').toUpperCase();
      const hash = kind === 'SHA256' || kind === '' ? (asString(record['hash']) ?? '').toLowerCase() : '';
      found.set(name, {
        url: known?.url || (asString(record['url']) ?? ''),
        sha256: known?.sha256 || hash,
        spots: [...(known?.spots ?? []), ...(spot === null ? [] : [spot])],
      });
    }
  };
  for (const scope of doc.scopes) {
    const graph = doc.graph(scope);
    add(graph.key('models'), null);
    for (const [node, record] of graph.nodes) {
      const title = asString(record['title']) || typeNameOf(record);
      add(asObject(record['properties'])?.['models'], { scope, node, title, widget: '', label: '' });
    }
  }
  return found;
}

/** `12:5.ckpt_name`, as runs call it, in the document: input `ckpt_name` of node 5 in the subgraph of node 12. */
export function locate(doc: GraphDoc, input: string): Spot[] {
  const dot = input.indexOf('.');
  const path = (dot < 0 ? input : input.slice(0, dot)).split(':');
  const widget = dot < 0 ? '' : input.slice(dot + 1);
  let scope: Scope = '';
  for (const [depth, node] of path.entries()) {
    const record: JsonObject | undefined = doc.graph(scope).nodes.get(node);
    if (record === undefined) return [];
    const type = typeNameOf(record);
    if (depth === path.length - 1)
      return [{ scope, node, title: asString(record['title']) || type, widget, label: widget }];
    if (!doc.has(type)) return [];
    scope = type;
  }
  return [];
}

/** Put another file wherever this one is named, as one step. False if nothing changed. */
export function putInstead(
  doc: GraphDoc,
  served: Catalog,
  label: string,
  spots: readonly Spot[],
  value: string,
): boolean {
  const catalog = withDefinitions(doc, served);
  return editScopes(
    doc,
    label,
    spots.map((spot) => spot.scope),
    (tx) => {
      for (const { scope, node, widget } of spots) {
        if (scope !== tx.scope || widget === '') continue;
        const type = catalog.get(typeNameOf(tx.graph.nodes.get(node) ?? {}));
        if (type !== undefined) setValue(tx, node, type, widget, value);
      }
    },
  );
}

/** Files come from strangers: only an address of the web may become a link. */
function webAddress(url: string | undefined): string {
  return url !== undefined && /^https?:\/\//i.test(url) ? url : '';
}

function baseOf(name: string): string {
  return name.split(/[\\/]/).at(-1) ?? name;
}
