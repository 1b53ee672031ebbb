// What menus offer is found in the palette, about what is selected or has the keyboard; and menus know the user's keys.

import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { t } from '../src/i18n/t';
import { textToImage } from './fixtures/files';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, wires } from './harness/graph';
import type { Server } from './harness/server';
import { acted } from './harness/settle';
import { byPalette, leave, pick } from './harness/steps';

let server: Server;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ server, page, graph } = bench);
});

afterEach(async () => {
  await bind({});
});

async function bind(keys: Record<string, readonly string[]>): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ 'Skein.keys': keys });
  await fetch(`${server.url}/settings`, { method: 'POST', headers, body });
}

const GROUP = ['Group: Select what is in it', 'Group: Fit to what is in it', 'Group: Mute what is in it'];

/** The titles of what the palette can do now for some letters. */
async function offered(letters: string): Promise<string[]> {
  await graph.canvas.focus();
  await graph.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(letters);
  await acted(page);
  const titles = await page
    .locator('[role="option"]:not([aria-disabled="true"])')
    .evaluateAll((rows) => rows.map((row) => row.firstChild?.textContent ?? ''));
  await graph.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return titles.filter((title) => title.startsWith(letters));
}

describe('the palette', () => {
  it('shows grey what cannot be done now, and finds what is called differently elsewhere', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Escape', 'Control+k');
    const field = page.getByRole('dialog').getByRole('combobox');
    const first = page.getByRole('option').first();
    const search = async (letters: string, title: string, isDisabled: boolean) => {
      await field.fill(letters);
      await expect.poll(() => first.locator('span').first().textContent()).toBe(title);
      expect((await first.getAttribute('aria-disabled')) === 'true').toBe(isDisabled);
    };
    await search('interrupt', t('run.stop'), true);
    await search('reroute', t('graph.linkCommand', { what: t('graph.addPoint') }), true);
    await search('unload', t('meters.free'), false);
    await search('arrange', t('graph.arrange'), false);
    await search('mask', t('mask.edit'), true);
    // It is not done, and the palette stays.
    await graph.press('Enter');
    await acted(page);
    expect(await field.isVisible()).toBe(true);
    await search('dark', t('settings.setTheme', { name: t('settings.theme.dark') }), false);
    await graph.press('Enter');
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    await expect.poll(theme).toBe('dark');
    await byPalette(page, t('settings.setTheme', { name: t('settings.theme.system') }));
    await expect.poll(theme).toBe('light');
  });

  it('has what can be done with links, of the nodes that are selected', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Escape');
    await expect.poll(() => offered('Link:')).toEqual([]);
    // Of two nodes, the link between them; nothing is asked then.
    await graph.title(6).click();
    await graph.title(7).click({ modifiers: ['Control'] });
    await expect.poll(() => offered('Link:')).toHaveLength(4);
    await byPalette(page, 'Link: Add a point');
    await expect.poll(async () => (await graph.copied()).extra?.reroutes).toHaveLength(1);
    await graph.press('Control+z', 'Escape');
    await graph.title(6).click();
    await graph.title(7).click({ modifiers: ['Control'] });
    await byPalette(page, 'Link: Add a node');
    await page.getByRole('menu', { name: 'Add a node into this link…' }).waitFor();
    await pick(page.getByRole('menuitem', { name: /^Invert Image/ }), 'Enter');
    await graph.node('ImageInvert').waitFor();
    await expect
      .poll(async () => wires(await graph.copied()))
      .toEqual(expect.arrayContaining(['6>8', '8>7']));
    // Of one node with several links, one is chosen.
    await graph.press('Escape');
    await graph.title(6).click();
    await byPalette(page, 'Link: Delete link');
    await pick(page.getByRole('menuitem', { name: /VAE → .*#6/ }), 'Enter');
    await expect.poll(async () => wires(await graph.copied())).not.toContain('1>6');
  });

  it('has what can be done with groups', async () => {
    await graph.open('mine', textToImage());
    await graph.title(6).click();
    await graph.title(7).click({ modifiers: ['Control'] });
    await graph.press('Control+g');
    await page.getByRole('textbox', { name: 'Rename' }).press('Escape');
    await expect.poll(() => offered('Group: Fit')).toEqual([]);
    const box = await graph.byId(6).boundingBox();
    const zoom = (box?.width ?? 0) / 210;
    const head = { x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) - 75 * zoom };
    await page.mouse.click(900, 1000);
    await page.mouse.click(head.x, head.y);
    await expect.poll(() => offered('Group:')).toEqual(expect.arrayContaining(GROUP));
    await byPalette(page, 'Group: Mute what is in it');
    for (const id of [6, 7]) await expect.poll(() => graph.byId(id).textContent()).toContain('Muted');
    expect(await graph.byId(5).textContent()).not.toContain('Muted');
    await graph.press('Control+z');
    // The same stands in its menu.
    await page.mouse.click(head.x, head.y, { button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Bypass what is in it' }));
    await expect.poll(() => graph.byId(7).textContent()).toContain('Bypassed');
    await graph.press('Control+z');
    await page.mouse.click(900, 1000);
    await page.mouse.click(head.x, head.y);
    await byPalette(page, 'Group: Select what is in it');
    // Tools for nodes: of a group there are fewer.
    const tools = page.getByRole('toolbar', { name: 'Tools for what is selected' });
    await tools.getByRole('button', { name: 'Bypass', exact: true }).waitFor();
    await graph.press('Delete');
    for (const id of [6, 7]) await graph.byId(id).waitFor({ state: 'detached' });
    expect(await graph.byId(5).count()).toBe(1);
  });

  it('has what can be done with a value: of the field with the keyboard, or one that is chosen', async () => {
    await graph.open('mine', textToImage());
    const steps = graph.byId(5).locator('[data-widget="steps"]').getByRole('spinbutton');
    await steps.click();
    await graph.press('Control+a');
    await page.keyboard.type('33');
    await graph.press('Enter');
    await steps.focus();
    await byPalette(page, 'Value: reset');
    await expect.poll(() => steps.getAttribute('aria-valuetext')).toBe('20');
    await steps.focus();
    await byPalette(page, 'Value: copy');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('20');
    // Nothing has the keyboard but the node.
    await graph.press('Escape');
    await graph.title(5).click();
    await byPalette(page, 'Value: all');
    await pick(page.getByRole('menuitem', { name: /^cfg/ }), 'Enter');
    await page.getByRole('menu', { name: 'Value cfg' }).waitFor();
    await pick(page.getByRole('menuitem', { name: 'Share this value' }), 'Enter');
    await graph.node('PrimitiveNode').waitFor();
    await graph.canvas.focus();
    await graph.title(5).click();
    await byPalette(page, 'Value: unlink');
    await expect.poll(async () => wires(await graph.copied()).filter((each) => each === '8>5')).toEqual([]);
  });

  it('replaces a node, deletes one so that links go on, and sets how often one press runs', async () => {
    await graph.open('mine', textToImage());
    await graph.title(5).click();
    await byPalette(page, 'Replace with');
    await page.getByRole('dialog', { name: 'Replace with another type' }).waitFor();
    await page.keyboard.type('ksampler advanced');
    await graph.press('Enter');
    await graph.node('KSamplerAdvanced').waitFor();
    await graph.title(5).click();
    await graph.press('Shift+Delete');
    await graph.byId(5).waitFor({ state: 'detached' });
    // The latent that went in goes on to whom it fed.
    await expect.poll(async () => wires(await graph.copied())).toContain('4>6');
    await byPalette(page, 'Runs at a time: 4');
    await page.getByRole('button', { name: 'Run × 4' }).waitFor();
    await expect.poll(() => offered('Runs at a time: 4')).toEqual([]);
    await byPalette(page, 'Run by itself: After each change');
    await page.getByRole('button', { name: 'How to run' }).click();
    const chosen = page.getByRole('menuitemcheckbox', { name: 'After each change' });
    await expect.poll(() => chosen.getAttribute('aria-checked')).toBe('true');
  });

  it('takes what is typed before it is there', async () => {
    let comes = () => {};
    const isWanted = new Promise<void>((resolve) => {
      comes = resolve;
    });
    await page.route('**/Palette*.js', async (route) => {
      await isWanted;
      await route.continue();
    });
    await page.reload();
    await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
    await graph.open('mine', textToImage());
    const zoom = page.getByRole('button', { name: /^Zoom: / });
    expect(await zoom.textContent()).not.toBe('100 %');
    await graph.press('Control+k');
    await page.keyboard.type('zoom to 100');
    await graph.press('Enter');
    // None of the letters meant the canvas.
    expect(await page.locator('[role="dialog"], [role="menu"]').count()).toBe(0);
    comes();
    await expect.poll(() => zoom.textContent()).toBe('100 %');
  });

  it('zooms to what is typed, and says what can be', async () => {
    await graph.open('mine', textToImage());
    const zoom = page.getByRole('button', { name: /^Zoom: / });
    await zoom.click();
    await pick(page.getByRole('menuitem', { name: 'Zoom to…' }));
    const dialog = page.getByRole('dialog', { name: 'Zoom to…' });
    await dialog.getByRole('textbox', { name: 'Percent, from 5 to 400' }).fill('4000');
    await graph.press('Enter');
    await dialog.getByText('“4000” is no number from 5 to 400.').waitFor();
    await dialog.getByRole('textbox').fill('130 %');
    await graph.press('Enter');
    await expect.poll(() => zoom.textContent()).toBe('130 %');
  });
});

describe('keys that the user has bound', () => {
  it('are named in menus and tooltips, and Space is one of them', async () => {
    await bind({
      ...{ 'run.front': ['Alt+J Alt+J'], 'workflow.save': ['Alt+U Alt+U'], 'view.fit': ['U U'] },
      ...{ 'edit.rename': ['Alt+R Alt+R'], 'nodes.add': ['Y Y'], 'nodes.library': ['Space Space'] },
    });
    await page.reload();
    await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
    await graph.open('mine', textToImage());
    const expectKeys = async (name: string, keys: string) => {
      const item = page.getByRole('menuitem').filter({ has: page.getByText(name, { exact: true }) });
      const shown = async () => (await item.locator('kbd').allTextContents()).join('').replace(/\W/g, '');
      await expect.poll(shown).toBe(keys);
      await leave(page);
    };
    await page.getByRole('button', { name: 'How to run' }).click();
    await expectKeys('Run before all others', 'AltJ');
    await page.getByRole('tab', { name: 'mine' }).click({ button: 'right' });
    await expectKeys('Save', 'AltU');
    await page.getByRole('button', { name: /^Zoom: / }).click();
    await expectKeys('Fit selection or all', 'U');
    await graph.title(5).click({ button: 'right' });
    await expectKeys('Rename', 'AltR');
    await page.mouse.click(900, 1000, { button: 'right' });
    await expectKeys('Add a node', 'Y');
    await graph.canvas.focus();
    await graph.press('Space');
    await page.getByRole('region', { name: 'Nodes', exact: true }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await graph.canvas.focus();
    await graph.press('y');
    await page.getByRole('dialog', { name: 'Add a node' }).waitFor();
  });
});
