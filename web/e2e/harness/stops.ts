// Stops of the tour that need a graph of their own: what is missing, ports of subgraphs, lists, tips and menus on the
// graph, pictures that are compared.

import type { Page } from 'playwright-core';
import { t } from '../../src/i18n/t';
import { SAVED } from './furnish';
import { middle } from './graph';
import { beginning, byPalette, leave, openPanel, openSaved, pick } from './steps';
import type { Visit } from './tour';

/** Types, files and values that are not there: the line above the canvas, the list, and the dialog of repairs. */
export async function missing(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'broken');
  const banner = page.getByRole('status', { name: t('missing.banner') });
  const show = banner.getByRole('button', { name: t('run.showErrors'), exact: true });
  await show.waitFor();
  await visit('line about what is missing');
  await show.click();
  const list = page.getByRole('region', { name: t('issues.title'), exact: true });
  await list.waitFor();
  await visit('list of what is missing');
  await list.getByRole('button', { name: t('repair.open'), exact: true }).click();
  await page.getByRole('dialog', { name: t('repair.title') }).waitFor();
  await visit('repairs');
  await leave(page);
  await list.getByRole('button', { name: t('app.closePanel'), exact: true }).click();
}

/** Somebody else has saved the file meanwhile: what is to become of both. */
export async function conflict(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'contested');
  const theirs = { ...SAVED.contested, extra: { saved: Date.now() } };
  const address = new URL('/api/v1/workflows/files/contested.json', page.url());
  await page.request.put(address.href, { data: theirs });
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog', { name: t('workflows.conflict', { name: 'contested.json' }) }).waitFor();
  await visit('question which of two to keep');
  await leave(page);
}

/** The colours of a node, out of the bar over what is selected. */
export async function colours(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'picture');
  await page.keyboard.press('ArrowRight');
  const bar = page.getByRole('toolbar', { name: t('toolbox.title') });
  await bar.getByRole('button', { name: t('edit.colour'), exact: true }).click();
  await page.getByRole('menu', { name: t('edit.colour') }).waitFor();
  await visit('colours of a node');
  await leave(page);
}

/** The ports of a subgraph, from outside; and its graph, with the way back. */
export async function subgraphs(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'soften');
  await page.keyboard.press('ArrowRight');
  await byPalette(page, t('subgraph.ports'));
  await page.getByRole('dialog').waitFor();
  await visit('ports of a subgraph');
  await leave(page);
  await page.getByRole('application').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-type="ImageInvert"]').waitFor();
  await visit('inside of a subgraph');
}

/** Two pictures on a node that compares them; the large preview; values of a run for the open workflow. */
export async function results(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'compared');
  await page.getByRole('button', { name: t('run.start'), exact: true }).click();
  await page.locator('[data-node="3"] input[type="range"]').waitFor();
  await visit('pictures compared on a node');
  await byPalette(page, t('preview.show'));
  const preview = page.getByRole('region', { name: t('preview.title'), exact: true });
  await preview.waitFor();
  // As a panel it was seen with the others.
  const float = preview.getByRole('button', { name: t('preview.float'), exact: true });
  if (await float.isVisible()) await float.click();
  await visit('large preview');
  await preview.getByRole('button', { name: t('preview.close'), exact: true }).click();
  await openSaved(page, 'graph');
  const { panel, close } = await openPanel(page, t('gallery.title'));
  const cell = panel
    .getByRole('button')
    .filter({ has: page.locator('img') })
    .first();
  await cell.click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await visit('menu of a picture');
  await pick(page.getByRole('menuitem', { name: beginning(t('gallery.loadValues')) }));
  await page.getByRole('dialog').waitFor();
  await visit('question before values are loaded');
  await leave(page);
  await close();
}

/** What opens over the graph at the pointer. Nodes must be in sight, so it is for windows with room. */
export async function onGraph(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'graph');
  const node = (id: number) => page.locator(`[data-node="${id}"]`);
  const field = (id: number, name: string) => node(id).locator(`[data-widget="${name}"]`);
  const opened = async (name: string, sheet: string) => {
    await page.locator(sheet).first().waitFor();
    await visit(name);
    await leave(page);
  };

  await field(4, 'sampler_name').getByRole('combobox').click();
  await opened('list of choices', '[role="option"]');
  await field(4, 'seed').locator('button[aria-haspopup="menu"]').click();
  await opened('menu of a seed', '[role="menu"]');
  await field(4, 'cfg').click({ button: 'right' });
  await opened('menu of a value', '[role="menu"]');
  await node(2)
    .getByRole('button', { name: t('widget.fromGallery', { label: 'image' }) })
    .click();
  await opened('choice of a picture', '[role="dialog"] img');
  await page.getByRole('button', { name: t('canvas.links'), exact: true }).click();
  await opened('menu of how links look', '[role="menu"]');

  const output = await middle(node(2).locator('[data-output="IMAGE"] > span').first());
  const input = await middle(node(5).locator('[data-input="images"] > span').first());
  const link = { x: (output.x + input.x) / 2, y: (output.y + input.y) / 2 };
  await page.mouse.move(link.x, link.y);
  await opened('tip of a link', '[data-link-tip]');
  await page.mouse.click(link.x, link.y, { button: 'right' });
  await opened('menu of a link', '[role="menu"]');

  const sampler = await node(4).boundingBox();
  if (sampler === null) throw new Error('the sampler is not on the screen');
  const zoom = sampler.width / 300;
  // The head of the group lies 35 above that of the node that it holds.
  await page.mouse.click(sampler.x + 100 * zoom, sampler.y - 35 * zoom, { button: 'right' });
  await opened('menu of a group', '[role="menu"]');

  const cfg = await middle(field(4, 'cfg'));
  await page.mouse.move(cfg.x, cfg.y);
  await opened('tip of a value', '#node-tip');
  const model = await middle(node(4).locator('[data-input="model"] > span').first());
  await page.mouse.move(output.x, output.y);
  await page.mouse.down();
  await page.mouse.move(model.x - 20, model.y, { steps: 4 });
  await page.mouse.move(model.x, model.y, { steps: 2 });
  await opened('tip of a refused link', '[data-offer]');
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await leave(page);
}
