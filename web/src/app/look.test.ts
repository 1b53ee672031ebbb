// @vitest-environment happy-dom
// What a graph is shown like at first, whether it is a file or the inside of a subgraph.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GraphDoc } from '../core/doc';
import type { JsonObject } from '../core/json';
import { isSmallWindow, lookFirst } from './look';
import { enterNode, leaveScope, watchScopes } from './scopes';
import { view } from './view';

const INSIDE = '11111111-2222-4333-8444-555555555555';
const note = (id: number, x: number): JsonObject => ({
  ...{ id, type: 'Note', pos: [x, 0], size: [200, 100], flags: {}, mode: 0 },
  ...{ inputs: [], outputs: [], widgets_values: [''] },
});

/** A subgraph whose inside is so wide. */
function holding(width: number): GraphDoc {
  const definition = {
    ...{ id: INSIDE, version: 1, revision: 0, name: 'Wide', config: {}, state: {} },
    nodes: [note(1, 0), note(2, width - 200)],
    ...{ links: [], groups: [], inputs: [], outputs: [], widgets: [] },
    inputNode: { id: -10, bounding: [100, 200, 120, 60] },
    outputNode: { id: -20, bounding: [300, 200, 120, 60] },
  };
  return new GraphDoc({
    nodes: [{ ...note(7, 0), type: INSIDE }],
    ...{ links: [], groups: [], version: 0.4 },
    definitions: { subgraphs: [definition] },
  });
}

function enter(width: number): void {
  view.show(holding(width));
  lookFirst();
  expect(enterNode('7')).toBe(true);
}

/** Whether all of it is in sight. */
function isWhole(): boolean {
  const [box, area] = [view.scene?.bounds(), view.view.area];
  return box != null && box.x >= area.x && box.x + box.w <= area.x + area.w;
}

beforeAll(watchScopes);

beforeEach(() => {
  Object.assign(view.view, { width: 1232, height: 756, x: 0, y: 0, zoom: 1 });
});

describe('the inside of a subgraph', () => {
  it('is shown whole, where its fields can be used then', () => {
    enter(1500);
    expect(view.view.zoom).toBeGreaterThan(0.6);
    expect(isWhole()).toBe(true);
  });

  it('is shown where it begins, near enough for its fields, where it is wider', () => {
    enter(2800);
    expect(view.view.zoom).toBe(0.6);
    expect(isWhole()).toBe(false);
    expect(view.view.toScreen({ x: 0, y: 0 }).x).toBeCloseTo(24, 5);
    // Who comes back finds it as it was left.
    view.view.pan(-50, 0);
    const { x } = view.view;
    leaveScope();
    expect(view.scope).toBe('');
    enterNode('7');
    expect([view.view.x, view.view.zoom]).toEqual([x, 0.6]);
  });

  it('is shown whole, where it is so large that its beginning says little', () => {
    enter(9000);
    expect(view.view.zoom).toBeLessThan(0.2);
    expect(isWhole()).toBe(true);
  });

  it('is near in a small window', () => {
    Object.assign(view.view, { width: 390, height: 700 });
    expect(isSmallWindow()).toBe(true);
    enter(1500);
    expect(view.view.zoom).toBe(0.7);
  });
});
