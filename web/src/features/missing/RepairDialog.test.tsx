// @vitest-environment happy-dom
// Every button of the dialog has a name of its own.

import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Repair } from '../../core/repair';
import { issues } from '../../stores/issues';
import { RepairDialog } from './RepairDialog';
import { openRepairs } from './repairs';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const repair = (node: string): Repair => ({
  ...{ scope: '', node, title: 'Sampler', type: 'KSampler', leftOver: [], values: [] },
  rows: [{ name: 'steps', before: 'euler', after: 20, isDefault: false }],
});

let root: Root;
beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(async () => {
  await act(async () => root.unmount());
});

async function names(...nodes: string[]): Promise<string[]> {
  issues.setState({ repairs: nodes.map(repair) });
  openRepairs();
  await act(async () => root.render(<RepairDialog />));
  return [...document.querySelectorAll('[role="dialog"] button')].map(
    (button) => button.getAttribute('aria-label') ?? button.textContent ?? '',
  );
}

it.each([[['1']], [['1', '2', '3']]])('of nodes %s', async (nodes) => {
  const found = await names(...nodes);
  expect(found).toContain(nodes.length === 1 ? 'Repair one node' : 'Repair 3 nodes');
  expect(found.filter((name) => name.startsWith('Repair only'))).toHaveLength(nodes.length === 1 ? 0 : 3);
  expect(new Set(found).size).toBe(found.length);
});
