// Editing as people do it: clipboard between tabs, copies by dragging, steps by name, tools over a selection, groups.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { nested, SUBGRAPH } from './fixtures/subgraphs';
import { eachOnOwnPage } from './harness/bench';
import { GraphPage, type Saved, shipped, wires } from './harness/graph';
import type { Opened } from './harness/page';
import type { Server } from './harness/server';
import { acted } from './harness/settle';
import { pick } from './harness/steps';

let server: Server;
let opened: Opened;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ server, opened, page, graph } = bench);
});

describe('clipboard', () => {
  it('takes subgraphs with their definition to another tab and another window', async () => {
    await graph.open('nested', nested(7, { type: 'EmptyImage' }, true));
    await graph.press('Control+a', 'Control+c');
    await graph.press('Alt+n');
    await page.getByRole('tab', { name: /Untitled/ }).waitFor();
    await graph.canvas.focus();
    await graph.press('Control+v');
    await expect.poll(() => graph.node(SUBGRAPH).locator('h3').textContent()).toBe('Soften');
    const other = new GraphPage(await opened.context.newPage());
    await other.page.goto(server.url);
    await other.empty();
    await other.press('Control+v');
    await expect.poll(() => other.node(SUBGRAPH).locator('h3').textContent()).toBe('Soften');
    await other.press('Enter');
    await other.node('EmptyImage').waitFor();
    await other.press('Escape', 'Escape', 'Control+z');
    await expect.poll(() => other.node(SUBGRAPH).count()).toBe(0);
  });

  it('pastes wherever no text field has the keyboard, and never into the graph from one', async () => {
    await graph.open('mine', textToImage());
    await graph.title(5).click();
    await page.getByRole('button', { name: 'Workflows', exact: true }).focus();
    await graph.press('Control+c');
    await page.getByRole('button', { name: 'Workflows', exact: true }).focus();
    await graph.press('Control+v');
    await expect.poll(() => graph.node('KSampler').count()).toBe(2);
    const text = graph.byId(2).locator('textarea');
    await text.fill('');
    await graph.press('Control+v');
    await expect.poll(() => text.inputValue()).toContain('KSampler');
    expect(await graph.node('KSampler').count()).toBe(2);
  });

  it('keeps incoming links with Shift, and the last copy wins', async () => {
    await graph.open('mine', textToImage());
    await graph.title(6).click();
    await graph.press('Control+c', 'Control+Shift+v');
    await expect.poll(() => graph.node('VAEDecode').count()).toBe(2);
    await expect
      .poll(async () => wires(await graph.copied()))
      .toEqual(expect.arrayContaining(['5>8', '1>8']));
    await page.evaluate(() => navigator.clipboard.writeText('only words'));
    await graph.canvas.focus();
    await graph.press('Control+v');
    await acted(page);
    expect(await graph.node('VAEDecode').count()).toBe(2);
  });

  it('copies by Alt and a drag, as one step', async () => {
    await graph.open('mine', textToImage());
    const before = await graph.byId(6).boundingBox();
    const at = await graph.middle(graph.title(6));
    await page.keyboard.down('Alt');
    await graph.drag(graph.title(6), { x: at.x + 40, y: at.y + 200 });
    await page.keyboard.up('Alt');
    await expect.poll(() => graph.node('VAEDecode').count()).toBe(2);
    expect(await graph.byId(6).boundingBox()).toEqual(before);
    await graph.press('Control+z');
    await expect.poll(() => graph.node('VAEDecode').count()).toBe(1);
  });
});

describe('steps', () => {
  it('are listed by name, and a press goes there', async () => {
    await graph.open('mine', textToImage());
    await graph.title(5).click();
    await graph.press('Control+m', 'Alt+c', 'Control+g');
    await page.getByRole('textbox', { name: 'Rename' }).fill('not this');
    await graph.press('Escape');
    await page.getByRole('textbox', { name: 'Rename' }).waitFor({ state: 'detached' });
    await graph.press('Alt+z');
    const list = page.getByRole('listbox', { name: 'Steps' });
    await expect
      .poll(() =>
        list.getByRole('option').evaluateAll((rows) => rows.map((row) => row.firstChild?.textContent)),
      )
      .toEqual(['Group selection', 'Collapse', 'Mute', 'As it was']);
    await list.getByRole('option', { name: /Mute/ }).click();
    await expect.poll(() => list.getByRole('option', { selected: true }).textContent()).toContain('Mute');
    await page.locator('[data-flash]').waitFor({ state: 'attached' });
    // The keys of undo count wherever no text is written.
    await graph.press('Control+z');
    await expect
      .poll(() => list.getByRole('option', { selected: true }).textContent())
      .toContain('As it was');
    await list.getByRole('option', { name: 'As it was' }).press('Enter');
    await expect
      .poll(() => list.getByRole('option', { selected: true }).textContent())
      .toContain('As it was');
    await list.getByRole('option', { name: /Group selection/ }).click();
    await expect.poll(async () => (await graph.copied()).groups).toHaveLength(1);
  });
});

describe('tools over a selection', () => {
  it('stand over what is selected, act, and are reached by keys', async () => {
    await graph.open('mine', textToImage());
    await graph.title(5).click();
    const bar = page.getByRole('toolbar', { name: 'Tools for what is selected' });
    await bar.waitFor();
    const above = async (id: number) => {
      const [tools, node] = [await bar.boundingBox(), await graph.byId(id).boundingBox()];
      return (node?.y ?? 0) - (tools?.y ?? 0) - (tools?.height ?? 0);
    };
    await expect.poll(() => above(5)).toBeGreaterThan(0);
    await graph.press('Alt+F10', 'ArrowRight');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Bypass');
    await graph.press('Enter');
    await expect.poll(() => graph.byId(5).textContent()).toContain('Bypassed');
    await graph.press('Escape');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('role')))
      .toBe('application');
    await bar.getByRole('button', { name: 'Colour' }).click();
    await pick(page.getByRole('menuitem', { name: 'Green' }));
    await expect
      .poll(async () => (await graph.copied()).nodes.find((each) => each.id === 5))
      .toMatchObject({ color: '#232' });
  });

  it('are away while something is dragged, and for good if the user wants that', async () => {
    await graph.open('mine', textToImage());
    const bar = page.getByRole('toolbar', { name: 'Tools for what is selected' });
    await graph.title(6).click();
    await bar.waitFor();
    const at = await graph.middle(graph.title(6));
    await graph.drag(graph.title(6), { x: at.x + 60, y: at.y + 160 }, true);
    await expect.poll(() => bar.isVisible()).toBe(false);
    await page.mouse.up();
    await expect.poll(() => bar.isVisible()).toBe(true);
    const above = async () => {
      const [tools, moved] = [await bar.boundingBox(), await graph.byId(6).boundingBox()];
      return (moved?.y ?? 0) - (tools?.y ?? 0) - (tools?.height ?? 0);
    };
    await expect.poll(above).toBeGreaterThanOrEqual(0);
    await graph.press('Control+,');
    await page.getByRole('switch', { name: /Tools over what is selected/ }).click();
    await graph.press('Escape');
    await bar.waitFor({ state: 'detached' });
  });
});

describe('groups', () => {
  it('are made around nodes, named, dragged with them, copied with them and undone', async () => {
    await graph.open('mine', textToImage());
    await graph.title(6).click();
    await page.keyboard.down('Control');
    await graph.title(7).click();
    await page.keyboard.up('Control');
    await graph.press('Control+g');
    // It asks for its name at once.
    await page.getByRole('textbox', { name: 'Rename' }).fill('The beginning');
    await graph.press('Enter');
    await page.getByRole('textbox', { name: 'Rename' }).waitFor({ state: 'detached' });
    const before = await graph.copied();
    expect(before.groups?.map(({ title }) => title)).toEqual(['The beginning']);
    const box = before.groups?.[0]?.bounding ?? [];
    const corner = await graph.byId(6).boundingBox();
    const zoom = (corner?.width ?? 0) / 210;
    // The title of the group stands above the nodes in it.
    const head = { x: (corner?.x ?? 0) + 10, y: (corner?.y ?? 0) - 75 * zoom };
    await page.mouse.click(900, 1000);
    await page.mouse.dblclick(head.x, head.y);
    await page.getByRole('textbox', { name: 'Rename' }).fill('The end');
    await graph.press('Enter');
    await page.getByRole('textbox', { name: 'Rename' }).waitFor({ state: 'detached' });
    await graph.drag(head, { x: head.x - 30, y: head.y + 120 });
    const down = (saved: Saved) => (saved.groups?.[0]?.bounding[1] ?? 0) - (box[1] ?? 0);
    await expect.poll(async () => down(await graph.copied())).toBeGreaterThan(50);
    const after = await graph.copied();
    expect(after.groups?.[0]?.title).toBe('The end');
    const shift = down(after);
    const y = (saved: Saved, id: number) => saved.nodes.find((each) => each.id === id)?.pos[1] ?? 0;
    for (const id of [6, 7]) expect(y(after, id) - y(before, id)).toBeCloseTo(shift, 0);
    expect(y(after, 5)).toBe(y(before, 5));
    await page.mouse.click(900, 1000);
    await page.mouse.click(head.x - 30, head.y + 120);
    await graph.press('Control+c', 'Control+v');
    await expect.poll(() => graph.node('SaveImage').count()).toBe(2);
    await graph.press('Control+z', 'Control+z');
    await expect.poll(async () => (await graph.copied()).groups?.[0]?.bounding).toEqual(box);
    const back = await graph.copied();
    for (const id of [6, 7]) expect(y(back, id)).toBe(y(before, id));
  });

  it('are sized by keys, with what is in them where it was, as one step a burst', async () => {
    const bounding = [380, -40, 440, 560];
    await graph.open('mine', textToImage({ groups: [{ id: 1, title: 'Prompts', bounding, flags: {} }] }));
    const before = await graph.copied();
    const [node, place] = [await graph.byId(2).boundingBox(), before.nodes.find(({ id }) => id === 2)];
    const zoom = (node?.width ?? 0) / 400;
    // In the title of the group, beside which nothing lies.
    const [dx, dy] = [600 - (place?.pos[0] ?? 0), -25 - ((place?.pos[1] ?? 0) - 30)];
    const head = { x: (node?.x ?? 0) + dx * zoom, y: (node?.y ?? 0) + dy * zoom };
    await graph.press('Escape');
    await page.mouse.click(head.x, head.y);
    await graph.press(
      'Control+Shift+ArrowRight',
      'Control+Shift+ArrowRight',
      'Control+Shift+ArrowRight',
      'Control+Shift+ArrowDown',
      'Control+Shift+ArrowLeft',
    );
    const group = async () => (await graph.copied()).groups?.[0]?.bounding;
    await expect.poll(group).toEqual([380, -40, 460, 570]);
    expect((await graph.copied()).nodes).toEqual(before.nodes);
    await graph.press('Control+z');
    await expect.poll(group).toEqual(bounding);
  });
});

describe('undo', () => {
  it('takes back each gesture at once, and what is selected or looked at is no step', async () => {
    await graph.open('mine', textToImage());
    const original = await graph.copied();
    const at = await graph.middle(graph.title(4));
    await graph.drag(graph.title(4), { x: at.x - 20, y: at.y + 20 }); // all seven are selected, and move
    await page.mouse.wheel(0, 200);
    await graph.press('Control+b', 'Control+d');
    await expect.poll(() => graph.node('KSampler').count()).toBe(2);
    await graph.press('Delete');
    await graph.press('Alt+z');
    await expect.poll(() => page.getByRole('option').count()).toBe(5);
    for (let step = 0; step < 4; step += 1) {
      await graph.canvas.focus();
      await graph.press('Control+z');
    }
    await expect.poll(() => graph.copied()).toEqual(original);
  });

  it('leaves results alone, and one step is a whole layout or what was typed without a pause', async () => {
    await graph.open('mine', shipped('text_to_image'));
    const original = await graph.copied();
    await graph.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
    const picture = graph.node('SaveImage').locator('img');
    await picture.waitFor();
    const shown = await picture.getAttribute('src');
    await graph.press('Control+a', 'Shift+L');
    await graph.node('CLIPTextEncode').first().locator('textarea').fill('');
    await page.keyboard.type('a blue fox');
    await graph.canvas.focus();
    await graph.press('Alt+z');
    const steps = page.getByRole('listbox', { name: 'Steps' }).getByRole('option');
    await expect.poll(() => steps.count()).toBe(3);
    for (let step = 0; step < 2; step += 1) {
      await graph.canvas.focus();
      await graph.press('Control+z');
    }
    await expect.poll(async () => (await graph.copied()).nodes).toEqual(original.nodes);
    expect(await picture.getAttribute('src')).toBe(shown);
  });
});
