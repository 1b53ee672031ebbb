// Subgraphs and shared values on the real page: made, entered, edited inside and outside, run, taken apart; and what the
// server makes of them.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { GraphDoc } from '../src/core/doc';
import { type Enclosed, enclose } from '../src/core/enclose';
import { isObject, parseJson, stringifyJson } from '../src/core/json';
import { sharedFiles } from '../test/corpora';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, shipped, wires } from './harness/graph';
import type { Server } from './harness/server';
import { byPalette, pick } from './harness/steps';

let server: Server;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ server, page, graph } = bench);
});

const instance = () =>
  page.locator('[data-node]').filter({ has: page.getByRole('heading', { name: 'Subgraph' }) });

async function run(): Promise<void> {
  await graph.press('Control+Enter');
  await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
}

async function select(...types: string[]): Promise<void> {
  for (const [index, type] of types.entries())
    await graph
      .node(type)
      .first()
      .locator('h3')
      .click(index === 0 ? {} : { modifiers: ['Control'] });
}

describe('a subgraph', () => {
  it('is made of a selection, runs, is entered and edited, and is taken apart again', async () => {
    await graph.open('mine', shipped('text_to_image'));
    const before = await graph.copied();
    await graph.press('Escape');
    await select('KSampler', 'VAEDecode');
    await graph.press('Control+Shift+E');
    await instance().waitFor();
    await expect.poll(() => graph.node('KSampler').count()).toBe(0);
    await run();
    await graph.node('SaveImage').locator('img').waitFor();
    // Inside: what ran is marked, a value is changed, a widget is shown outside.
    await instance().locator('h3').click();
    await graph.press('Enter');
    await graph.node('KSampler').waitFor();
    const steps = graph.node('KSampler').locator('[data-widget="steps"]');
    await steps.click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Show at the outside' }));
    await expect.poll(() => steps.textContent()).toContain('from');
    await graph.canvas.focus();
    await graph.press('Escape', 'Escape');
    const outer = instance().locator('[data-widget="steps"]');
    await outer.getByRole('spinbutton').click();
    await graph.press('Control+a');
    await page.keyboard.type('3');
    await graph.press('Enter');
    await graph.canvas.focus();
    await run();
    const outside = async () => {
      const { nodes, definitions: { subgraphs = [] } = {} } = await graph.copied();
      return [subgraphs.length, nodes.find((node) => node.type === subgraphs[0]?.id)?.widgets_values];
    };
    await expect.poll(outside).toEqual([1, [3]]);
    await graph.press('Escape');
    await instance().locator('h3').click();
    await page.getByRole('toolbar', { name: 'Tools for what is selected' }).waitFor();
    await page.getByRole('button', { name: 'Take the subgraph apart' }).click();
    await graph.node('KSampler').waitFor();
    await expect.poll(async () => wires(await graph.copied())).toEqual(wires(before));
    const after = await graph.copied();
    expect(after.definitions).toBeUndefined();
    expect(after.nodes.find((node) => node.type === 'KSampler')?.widgets_values?.[2]).toBe(3);
    await graph.press('Control+z');
    await instance().waitFor();
  });

  it('has ports that are renamed, moved and removed, inside and by a list', async () => {
    await graph.open('mine', shipped('text_to_image'));
    await select('KSampler', 'VAEDecode');
    await graph.press('Control+Shift+E');
    await instance().waitFor();
    await byPalette(page, 'inputs and outputs of');
    const dialog = page.getByRole('dialog', { name: 'Inputs and outputs' });
    await dialog.getByRole('textbox', { name: 'Label of model' }).fill('Which model');
    await graph.press('Enter');
    await dialog.getByRole('button', { name: 'Move Which model down' }).click();
    await dialog.getByRole('textbox', { name: 'Name of the subgraph' }).fill('Sketch');
    await graph.press('Enter');
    await dialog.getByRole('button', { name: 'Remove vae' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Sketch' }).waitFor();
    const ports = async () => {
      const { definitions: { subgraphs: [made] = [] } = {} } = await graph.copied();
      const inputs = (made?.['inputs'] ?? []) as readonly { name: string; label?: string }[];
      return inputs.map((port) => port.label ?? port.name);
    };
    await expect.poll(ports).toEqual(['positive', 'Which model', 'negative', 'latent_image']);
    const saved = await graph.copied();
    const [definition] = saved.definitions?.subgraphs ?? [];
    const loader = saved.nodes.find((node) => node.type === 'CheckpointLoaderSimple')?.id;
    const own = saved.nodes.find((node) => node.type === definition?.id);
    const link = saved.links.find((each) => each[1] === loader && each[3] === own?.id);
    expect(own?.inputs?.[link?.[4] ?? -1]?.name).toBe('model');
    for (let step = 0; step < 4; step += 1) await graph.press('Control+z');
    await instance().waitFor();
  });

  it('is refused where it would feed itself', async () => {
    await graph.open('mine', shipped('text_to_image'));
    await select('CheckpointLoaderSimple', 'VAEDecode');
    await graph.press('Control+Shift+E');
    await page.getByText(/That would feed itself: .*→/).waitFor();
    expect(await instance().count()).toBe(0);
  });
});

/** Pictures of one colour, made and shown in a subgraph; two instances, each with a colour of its own. */
const TWO = (() => {
  const id = '11111111-2222-3333-4444-555555555555';
  const instance = (node: number, colour: number) => ({
    ...{
      id: node,
      type: id,
      title: `Paint ${node}`,
      pos: [node * 300, 0],
      size: [240, 80],
      flags: {},
      mode: 0,
    },
    ...{ order: 0, inputs: [], outputs: [], properties: {}, widgets_values: [colour] },
  });
  const inner = (node: number, type: string, more: object) => ({
    ...{
      id: node,
      type,
      pos: [node * 320, 0],
      size: [260, 260],
      flags: {},
      order: 0,
      mode: 0,
      properties: {},
    },
    ...more,
  });
  return JSON.stringify({
    ...{ last_node_id: 2, last_link_id: 0, links: [], groups: [], config: {}, extra: {}, version: 0.4 },
    nodes: [instance(1, 0xff0000), instance(2, 0x0000ff)],
    definitions: {
      subgraphs: [
        {
          ...{ id, version: 1, name: 'Paint', groups: [], extra: {}, outputs: [], widgets: [] },
          state: { lastNodeId: 2, lastLinkId: 2, lastGroupId: 0, lastRerouteId: 0 },
          inputNode: { id: -10, bounding: [0, 0, 120, 60] },
          outputNode: { id: -20, bounding: [1000, 0, 120, 60] },
          inputs: [{ id: 'c', name: 'color', type: 'INT', linkIds: [2] }],
          nodes: [
            inner(1, 'EmptyImage', {
              inputs: [{ name: 'color', type: 'INT', widget: { name: 'color' }, link: 2 }],
              outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }],
              widgets_values: [64, 64, 1, 0],
            }),
            inner(2, 'PreviewImage', { inputs: [{ name: 'images', type: 'IMAGE', link: 1 }], outputs: [] }),
          ],
          links: [
            { id: 1, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: 'IMAGE' },
            { id: 2, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'INT' },
          ],
        },
      ],
    },
  });
})();

describe('two instances', () => {
  it('show each what it gave', async () => {
    await graph.open('two', TWO);
    await run();
    const colours: string[] = [];
    for (const title of ['Paint 1', 'Paint 2']) {
      await page.getByRole('heading', { name: title, exact: true }).click();
      await graph.press('Enter');
      const picture = graph.node('PreviewImage').locator('img');
      await picture.waitFor();
      colours.push((await picture.getAttribute('src')) ?? '');
      await graph.canvas.focus();
      await graph.press('Escape', 'Escape', 'Escape');
      await page.getByRole('heading', { name: 'Paint 2', exact: true }).waitFor();
    }
    expect(new Set(colours).size).toBe(2);
  });

  it('are gone into by undo where something inside changes', async () => {
    await graph.open('two', TWO);
    await page.getByRole('heading', { name: 'Paint 2', exact: true }).click();
    await graph.press('Enter');
    await graph.node('PreviewImage').locator('h3').click();
    await graph.press('Control+m', 'Escape', 'Escape', 'Escape');
    await page.getByRole('heading', { name: 'Paint 1', exact: true }).waitFor();
    await graph.press('Control+z');
    await graph.node('PreviewImage').waitFor();
    await page.locator('[data-flash]').waitFor({ state: 'attached' });
  });
});

describe('a shared value', () => {
  it('is made from a widget, joined by others, edited once, and runs', async () => {
    await graph.open('mine', shipped('text_to_image'));
    const width = graph.node('EmptyLatentImage').locator('[data-widget="width"]');
    await width.click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Share this value' }));
    const shared = graph.node('PrimitiveNode');
    await shared.waitFor();
    const height = graph.node('EmptyLatentImage').locator('[data-widget="height"]');
    await height.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Take a shared value' }).hover();
    await pick(page.getByRole('menuitem', { name: /^width #/ }));
    await expect.poll(() => height.textContent()).toContain('from width');
    await shared.getByRole('spinbutton').first().click();
    await graph.press('Control+a');
    await page.keyboard.type('64');
    await graph.press('Enter');
    await graph.canvas.focus();
    await run();
    const values = async () =>
      (await graph.copied()).nodes.find((each) => each.type === 'PrimitiveNode')?.widgets_values;
    await expect.poll(values).toEqual([64, 'fixed']);
    const picture = graph.node('SaveImage').locator('img');
    await picture.waitFor();
    const size = () =>
      picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
    await expect.poll(size).toEqual([64, 64]);
  });
});

it('a link drawn from a field to nowhere offers a shared value', async () => {
  await graph.open('mine', shipped('text_to_image'));
  const steps = graph.node('KSampler').locator('[data-widget="steps"]');
  const dot = await steps.locator('span').first().boundingBox();
  const from = { x: (dot?.x ?? 0) + 3, y: (dot?.y ?? 0) + (dot?.height ?? 0) / 2 };
  await graph.drag(from, { x: from.x + 60, y: from.y + 360 });
  const search = page.getByRole('dialog', { name: 'Add a node' });
  await search.waitFor();
  await page.keyboard.type('shared');
  await graph.press('Enter');
  await graph.node('PrimitiveNode').waitFor();
  await expect.poll(() => steps.textContent()).toContain('from steps');
  await graph.press('Control+z');
  await expect.poll(() => graph.node('PrimitiveNode').count()).toBe(0);
});

/** What the server runs of a document, with nodes by their own numbers, without those of the instances around them. */
async function converted(text: string): Promise<string[] | null> {
  const response = await fetch(`${server.url}/api/v1/convert`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow: JSON.parse(text) as unknown }),
  });
  if (!response.ok) return null;
  const { prompt } = (await response.json()) as {
    prompt: Record<string, { class_type: string; inputs: object }>;
  };
  const own = (id: string) => id.split(':').at(-1) ?? id;
  return Object.entries(prompt)
    .map(([id, { class_type, inputs }]) => {
      const rows = Object.entries(inputs)
        .map(([name, value]: [string, unknown]) => {
          const isLink = Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
          return [name, isLink ? `${own(String(value[0]))}/${String(value[1])}` : value] as const;
        })
        .sort(([one], [other]) => one.localeCompare(other));
      return JSON.stringify([own(id), class_type, rows]);
    })
    .sort();
}

describe('the server', () => {
  it('runs the same, whether nodes stand in a subgraph or not, for parts of shared files', async () => {
    let compared = 0;
    for (const [place, { name, text }] of sharedFiles('ui').entries()) {
      if (place % 9 !== 0 || text.length > 150_000) continue;
      const raw = parseJson(text);
      const doc = new GraphDoc(isObject(raw) ? raw : {});
      const ids = [...doc.graph().nodes.keys()];
      // Names reach across the borders of subgraphs outwards only.
      if (ids.some((id) => /^(Set|Get)Node$/.test(String(doc.graph().nodes.get(id)?.['type'])))) continue;
      const before = await converted(stringifyJson(doc.save()));
      let made: Enclosed | null = null;
      for (let from = 0; from < ids.length && made === null; from += 1) {
        doc.edit('enclose', '', (tx) => {
          const nodes = new Set(ids.slice(from, from + 4));
          const tried = enclose(tx, { nodes, groups: new Set() }, 'Part');
          if (!('circle' in tried)) made = tried;
        });
      }
      if (before === null || made === null) continue;
      expect(await converted(stringifyJson(doc.save())), name).toEqual(before);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(12);
  });
});
