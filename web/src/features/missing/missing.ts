// What the lists of missing things are made of, and what can be done about them.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { jumpTo } from '../../app/scopes';
import { view } from '../../app/view';
import { type Obstacle, obstaclesTo } from '../../core/bypass';
import type { GraphDoc } from '../../core/doc';
import {
  type MissingFile,
  type MissingType,
  missingFiles,
  missingTypes,
  putInstead,
  type Spot,
} from '../../core/missing';
import type { Repair } from '../../core/repair';
import { replaceNode } from '../../core/replace';
import { BYPASSED } from '../../core/slots';
import { editScopes } from '../../core/steps';
import { withDefinitions } from '../../core/subgraph';
import type { NodeId, Scope } from '../../core/types';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { type IssuesState, issues } from '../../stores/issues';
import { toast } from '../../ui/Toast';
import { openSearch } from '../search/api';

/** The folder of what nodes load that is no model. */
export const INPUT = 'input';

export interface MissingThings {
  readonly doc: GraphDoc | null;
  readonly tabId: string | null;
  readonly files: readonly MissingFile[];
  readonly types: readonly MissingType[];
  readonly repairs: readonly Repair[];
}

function thingsOf({ doc, tabId, found, report, repairs }: IssuesState): MissingThings {
  if (doc === null) return { doc, tabId, files: [], types: [], repairs: [] };
  return {
    ...{ doc, tabId, repairs },
    files: missingFiles(doc, found, report, catalog.getState().types),
    types: missingTypes(doc, found, report),
  };
}

export function useMissing(): MissingThings {
  const state = useStore(issues);
  return useMemo(() => thingsOf(state), [state]);
}

export const missingNow = () => thingsOf(issues.getState());

/** How many things keep something from running, not how many places name them. */
export function countOf({ files, types, repairs }: MissingThings): number {
  return files.filter((file) => !file.isTaken).length + types.length + repairs.length;
}

/** "2 model files, 1 input file and 1 node type". */
export function wordsFor({
  files,
  types,
  repairs,
}: Pick<MissingThings, 'files' | 'types' | 'repairs'>): string {
  const gone = files.filter((file) => !file.isTaken);
  const inputs = gone.filter(({ folder }) => folder === INPUT).length;
  const counts = [
    ['missing.countFiles', gone.length - inputs],
    ['missing.countInputs', inputs],
    ['missing.countTypes', types.length],
  ] as const;
  const parts = counts.flatMap(([key, count]) => (count > 0 ? [t(key, { count })] : []));
  const [last = ''] = parts.slice(-1);
  const before = parts.slice(0, -1).join(', ');
  const missing = before === '' ? last : t('missing.and', { one: before, other: last });
  return [
    ...(missing === '' ? [] : [t('missing.some', { parts: missing })]),
    ...(repairs.length > 0 ? [t('missing.countRepairs', { count: repairs.length })] : []),
  ].join(' ');
}

/** The same as lines of a report. */
export function missingWords(): string[] {
  const { files, types } = missingNow();
  return [
    ...types.map(({ type, pack, repository, version, spots }) =>
      [t('missing.types'), type, pack || repository, version, t('missing.nodes', { count: spots.length })]
        .filter((part) => part !== '')
        .join(' · '),
    ),
    ...files.map(({ name, folder, url }) =>
      [t('missing.files'), `${folder}/${name}`, url].filter((part) => part !== '').join(' · '),
    ),
  ];
}

// -- files -------------------------------------------------------------------------------------------------------------

/** Put a file that is there into these places, as one step. */
export function takeFile(spots: readonly Spot[], name: string): void {
  const { doc } = issues.getState();
  if (doc === null) return;
  const label = t('missing.used', { name });
  if (putInstead(doc, catalog.getState().types, label, spots, name))
    toast({ kind: 'success', title: label, key: 'missing', seconds: 3 });
}

// -- node types --------------------------------------------------------------------------------------------------------

export interface Bypassing {
  readonly scopes: ReadonlyMap<Scope, ReadonlySet<NodeId>>;
  readonly count: number;
  readonly obstacles: readonly (Obstacle & { readonly scope: Scope; readonly title: string })[];
}

/** Which of the missing nodes can be bypassed, and what stands in the way of the others. */
export function bypassing(doc: GraphDoc, types: readonly MissingType[]): Bypassing {
  const known = withDefinitions(doc, catalog.getState().types);
  const spots = types.flatMap((type) => type.spots);
  const scopes = new Map<Scope, Set<NodeId>>();
  const obstacles: (Obstacle & { scope: Scope; title: string })[] = [];
  for (const scope of new Set(spots.map((spot) => spot.scope))) {
    const here = new Map(
      spots.filter((spot) => spot.scope === scope).map(({ node, title }) => [node, title]),
    );
    const found = obstaclesTo(doc.graph(scope), new Set(here.keys()), known);
    for (const obstacle of found.values())
      obstacles.push({ ...obstacle, scope, title: here.get(obstacle.node) ?? '' });
    scopes.set(scope, new Set([...here.keys()].filter((node) => !found.has(node))));
  }
  const count = [...scopes.values()].reduce((sum, nodes) => sum + nodes.size, 0);
  return { scopes, count, obstacles };
}

/** As one step; says how many there were. */
export function bypassMissing(): void {
  const { doc, types } = missingNow();
  if (doc === null) return;
  const { scopes, count, obstacles } = bypassing(doc, types);
  const label = t('missing.bypassed', { count });
  editScopes(doc, label, scopes.keys(), (tx) => {
    for (const node of scopes.get(tx.scope) ?? []) tx.patch('node', node, { mode: BYPASSED });
  });
  toast({
    kind: obstacles.length > 0 ? 'warning' : 'success',
    title: label,
    text: obstacles.map(wordsOfObstacle).join(' '),
    key: 'missing',
    seconds: obstacles.length > 0 ? 10 : 4,
  });
}

export function wordsOfObstacle(obstacle: Bypassing['obstacles'][number]): string {
  const { title, node, consumer, input, type } = obstacle;
  const name = consumer === '' ? t('missing.outside') : t('missing.spot', { title: consumer, input });
  return t('missing.obstacle', {
    title,
    node,
    type,
    consumer: consumer !== '' && input === '' ? consumer : name,
  });
}

/** Make every node of a missing type one of another, as one step. */
export function replaceAll(missing: MissingType, name: string): void {
  const { doc } = issues.getState();
  if (doc === null) return;
  const known = withDefinitions(doc, catalog.getState().types);
  const type = known.get(name);
  if (type === undefined) return;
  const label = t('missing.replaced', { name: type.display_name });
  editScopes(
    doc,
    label,
    missing.spots.map((spot) => spot.scope),
    (tx) => {
      for (const { scope, node } of missing.spots) if (scope === tx.scope) replaceNode(tx, node, type, known);
    },
  );
  toast({ kind: 'success', title: label, key: 'missing', seconds: 3 });
}

/** Let the search say what takes the place of a missing type, for all of its nodes in the graph of the first one. */
export function searchReplacement(missing: MissingType): void {
  const [first] = missing.spots;
  if (first === undefined) return;
  jumpTo(first.scope, first.node);
  view.select(missing.spots.filter(({ scope }) => scope === first.scope).map(({ node }) => node));
  const { box } = view.scene?.layout(first.node) ?? {};
  const at = box === undefined ? { x: 0, y: 0 } : { x: box.x, y: box.y };
  openSearch({ at, screen: view.view.toScreen(at), replaces: first.node });
}
