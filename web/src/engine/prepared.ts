// Scenes of graphs, made when they are shown or before that: of large graphs some at a time, so that the page answers
// meanwhile.

import type { Catalog } from '../core/catalog';
import type { GraphDoc } from '../core/doc';
import type { LinkStyle } from '../core/stretches';
import { withDefinitions } from '../core/subgraph';
import type { Scope } from '../core/types';
import { whenIdle } from '../ui/idle';
import { Scene } from './scene';

/** How long the page may be kept busy at a time, in milliseconds. */
const SLICE = 40;
/** So many links are read at a time in what is left of a frame. */
const SOME_LINKS = 1000;
const LEAST_LEFT = 5;

interface Made {
  readonly scene: Scene;
  readonly served: Catalog;
  readonly revision: number;
}

const made = new WeakMap<GraphDoc, Made>();

/**
 * Make what is needed to show a document.
 *
 * @param served node types of the server
 * @param rest called between two parts with how much is done, from 0 to 1; the next one begins once it resolves
 */
export async function prepareScene(
  doc: GraphDoc,
  served: Catalog,
  style: LinkStyle,
  rest: (done: number) => Promise<void>,
): Promise<void> {
  const scene = new Scene(doc, '', withDefinitions(doc, served), style, 'later');
  let began = performance.now();
  for (const done of scene.buildInParts()) {
    if (performance.now() - began < SLICE) continue;
    await rest(done);
    began = performance.now();
  }
  made.set(doc, { scene, served, revision: doc.revision });
}

/** The scene of a graph: the one that was made for it, if it is still right. */
export function sceneOf(doc: GraphDoc, scope: Scope, served: Catalog, style: LinkStyle): Scene {
  const known = made.get(doc);
  made.delete(doc);
  if (scope === '' && known?.served === served && known.revision === doc.revision) return known.scene;
  return new Scene(doc, scope, withDefinitions(doc, served), style);
}

/** Have it found out which links are at which nodes while there is nothing else to do: the first drag asks for it. */
export function readAhead(view: { readonly scene: Scene | null }): void {
  const { scene } = view;
  if (scene === null) return;
  whenIdle((left) => {
    if (view.scene !== scene) return;
    do {
      if (!scene.readLinks(SOME_LINKS)) return;
    } while (left() > LEAST_LEFT);
    readAhead(view);
  });
}
