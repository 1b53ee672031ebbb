// Links through points, links over the border of a subgraph, and files whose nodes nobody knows.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { nested, SUBGRAPH } from './fixtures/subgraphs';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, type Saved, type Spot, wires } from './harness/graph';
import { rested } from './harness/settle';
import { pick } from './harness/steps';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

const between = (one: Spot, other: Spot): Spot => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

interface Rerouted extends Saved {
  readonly extra?: {
    readonly reroutes?: readonly {
      readonly pos: readonly [number, number];
      readonly linkIds: readonly number[];
    }[];
  };
}

it('reroutes: a point is put on a link, dragged as one step, copied, and taken away', async () => {
  await graph.open('mine', textToImage());
  const from = await graph.middle(graph.output(graph.byId(6), 'IMAGE'));
  const to = await graph.middle(graph.input(graph.byId(7), 'images'));
  const at = between(from, to);
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'Add a point here' }));
  const points = async () => ((await graph.copied()) as Rerouted).extra?.reroutes ?? [];
  await expect.poll(async () => (await points())[0]?.linkIds).toEqual([9]);
  const [added] = await points();
  await page.mouse.click(900, 1000);
  await graph.drag(at, { x: at.x, y: at.y + 120 });
  const down = async () => ((await points())[0]?.pos[1] ?? 0) - (added?.pos[1] ?? 0);
  await expect.poll(down).toBeGreaterThan(80);
  await graph.press('Control+z');
  await expect.poll(async () => (await points())[0]?.pos).toEqual(added?.pos);
  await graph.press('Control+y', 'Control+v');
  await expect.poll(async () => (await graph.copied()).nodes).toHaveLength(14);
  expect(await points()).toHaveLength(2);
  await graph.press('Control+z');
  await page.mouse.click(900, 1000);
  await page.keyboard.down('Alt');
  await page.mouse.click(at.x, at.y + 120);
  await page.keyboard.up('Alt');
  await expect.poll(points).toHaveLength(0);
  expect(wires(await graph.copied())).toContain('6>7');
});

it('by name: a link becomes a pair of nodes that share a name, and is renamed at both ends', async () => {
  await graph.open('mine', textToImage());
  const at = between(
    await graph.middle(graph.output(graph.byId(6), 'IMAGE')),
    await graph.middle(graph.input(graph.byId(7), 'images')),
  );
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'By name…' }));
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('picture');
  await name.press('Enter');
  const ends = async () =>
    (await graph.copied()).nodes
      .filter(({ type }) => type === 'SetNode' || type === 'GetNode')
      .map(({ type, widgets_values }) => [type, widgets_values]);
  const named = (word: string) => [
    ['SetNode', [word]],
    ['GetNode', [word]],
  ];
  await expect.poll(ends).toEqual(named('picture'));
  await page.mouse.click(900, 1000);
  await page.locator('[data-type="GetNode"]').click({ button: 'right', position: { x: 60, y: 10 } });
  await pick(page.getByRole('menuitem', { name: 'Rename a link by name…' }));
  await name.fill('result');
  await name.press('Enter');
  await expect.poll(ends).toEqual(named('result'));
  await page.locator('[data-type="SetNode"]').getByText('Set_result').waitFor();
  await graph.press('Control+z', 'Control+z');
  await expect.poll(ends).toEqual([]);
  expect(wires(await graph.copied())).toContain('6>7');
});

const NESTED = nested(
  1,
  { type: 'ImageInvert', inputs: [{ name: 'image', type: 'IMAGE', link: null }] },
  false,
);

it('links to the border of a subgraph make its inputs and outputs, and go with them', async () => {
  await graph.open('nested', NESTED);
  await graph.press('ArrowRight', 'Enter');
  await graph.byId(1).locator('[data-input="image"]').waitFor();
  await rested(page);
  const box = await graph.byId(1).boundingBox();
  const zoom = (box?.width ?? 0) / 240;
  /** A point of the graph on the screen: the body of node 1 begins at its origin, below its title. */
  const screen = (x: number, y: number): Spot => ({
    x: (box?.x ?? 0) + x * zoom,
    y: (box?.y ?? 0) + (y + 30) * zoom,
  });
  const entrance = screen(-300 + 120 - 14, 24);
  const exit = screen(500 + 14, 24);
  await graph.drag(entrance, graph.input(graph.byId(1), 'image'));
  await graph.drag(graph.output(graph.byId(1), 'IMAGE'), exit);
  await graph.press('Escape', 'Escape', 'Escape');
  const outside = page.locator(`[data-type="${SUBGRAPH}"]`);
  await outside.locator('[data-input="image"]').waitFor();
  await outside.locator('[data-output="IMAGE"]').waitFor();
  const inside = (saved: Saved) => saved.definitions?.subgraphs[0] ?? {};
  await expect
    .poll(async () => inside(await graph.copied()))
    .toMatchObject({
      inputs: [{ name: 'image', type: 'IMAGE' }],
      outputs: [{ name: 'IMAGE', type: 'IMAGE' }],
    });
  // At the border the right button renames, moves and removes.
  await graph.press('Escape', 'ArrowRight', 'Enter');
  await graph.byId(1).locator('[data-input="image"]').waitFor();
  await rested(page);
  await page.mouse.click(exit.x, exit.y, { button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'Remove IMAGE' }));
  await graph.press('Escape', 'Escape', 'Escape');
  await expect.poll(() => outside.locator('[data-output]').count()).toBe(0);
  for (let step = 0; step < 3; step += 1) await graph.press('Control+z');
  await graph.press('Escape', 'Escape', 'Escape');
  await expect
    .poll(async () => inside(await graph.copied()))
    .toMatchObject({ inputs: [], outputs: [], links: [] });
});

it('nodes that nobody knows are linked, moved, copied and saved as they were read', async () => {
  const unknown = {
    ...{
      id: 8,
      type: 'FancyFromPack',
      title: 'Mine',
      pos: [1300, 400],
      size: [300, 200],
      flags: {},
      order: 7,
      mode: 0,
    },
    inputs: [{ name: 'picture', type: 'IMAGE', link: null }],
    outputs: [{ name: 'IMAGE', type: 'IMAGE', links: null }],
    ...{ properties: { cnr_id: 'fancy-pack', ver: '1.2.3' }, widgets_values: ['kept', 3, { deep: [1] }] },
    ...{ color: '#232', bgcolor: '#353', anything: { else: true } },
  };
  const file = JSON.parse(textToImage()) as { nodes: object[] };
  await graph.open('mine', JSON.stringify({ ...file, nodes: [...file.nodes, unknown] }));
  await page.keyboard.press('Escape');
  await graph.canvas.focus();
  const node = graph.node('FancyFromPack');
  await expect.poll(() => node.textContent()).toContain('fancy-pack');
  await graph.drag(graph.output(graph.byId(6), 'IMAGE'), graph.input(node, 'picture'));
  await expect.poll(async () => wires(await graph.copied())).toContain('6>8');
  await graph.press('Control+z');
  const at = await graph.middle(node.locator('h3'));
  await page.mouse.click(900, 1000);
  await graph.drag(at, { x: at.x + 30, y: at.y + 40 });
  const now = async () => (await graph.copied()).nodes.find((each) => each.id === 8);
  await expect.poll(async () => (await now())?.pos).not.toEqual(unknown.pos);
  const { pos: _now, ...rest } = (await now()) ?? { pos: [0, 0] };
  const { pos: _pos, ...read } = unknown;
  expect(rest).toEqual(read);
});
