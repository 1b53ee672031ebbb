// A shared file whose links a use-everywhere node hands out: nothing of it is missing, it is seen who gets what, and it
// runs; who turns the node off ends what it hands out.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isObject, parseJson, stringifyJson } from '../src/core/json';
import { sharedFiles } from '../test/corpora';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

/** The example of the pack, as it is but for the model, which is the one that ships, and for less to compute. */
function example(): string {
  const file = sharedFiles('ui').find(({ name }) => name.includes('use-everywhere__docs__UE_example'));
  const text = file?.text ?? '';
  const changed = text
    .replaceAll('v1-5-pruned-emaonly-fp16.safetensors', 'postcards.safetensors')
    .replace(/"widgets_values": ?\[\s*512,\s*512,\s*1\s*\]/, '"widgets_values": [64, 64, 1]')
    .replace(/(156680208700286,\s*)"randomize",\s*20/, '$1"fixed", 2');
  const raw = parseJson(changed);
  if (!isObject(raw) || changed === text) throw new Error('the example is another one');
  return stringifyJson(raw);
}

describe('a workflow of use everywhere', () => {
  it('opens with nothing missing, and runs', async () => {
    await graph.drop('handed.json', example());
    await graph.node('Anything Everywhere').waitFor();
    const sampler = graph.node('KSampler');
    for (const name of ['model', 'positive', 'negative'])
      await expect
        .poll(() => sampler.locator(`[data-input="${name}"]`).getAttribute('aria-label'))
        .toMatch(/, linked/);
    await expect.poll(() => graph.node('Anything Everywhere').textContent()).not.toContain('Missing');
    await expect.poll(() => page.locator('[data-mark="blocked"]').count()).toBe(0);
    await graph.canvas.focus();
    await graph.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
    await graph.node('SaveImage').locator('img').waitFor();
  });

  it('lacks what a node that is bypassed or deleted would hand out', async () => {
    await graph.drop('handed.json', example());
    await graph.node('Anything Everywhere').locator('h3').click();
    await graph.press('Control+b');
    const model = graph.node('KSampler').locator('[data-input="model"]');
    await expect.poll(() => model.getAttribute('aria-label')).toMatch(/not linked/);
    await expect.poll(() => graph.node('KSampler').getAttribute('data-mark')).toBe('blocked');
    await graph.press('Control+z');
    await expect.poll(() => model.getAttribute('aria-label')).toMatch(/, linked/);
    // Who deletes it ends it, too.
    await graph.press('Delete');
    await expect.poll(() => model.getAttribute('aria-label')).toMatch(/not linked/);
    await graph.press('Control+z');
    await expect.poll(() => model.getAttribute('aria-label')).toMatch(/, linked/);
  });
});
