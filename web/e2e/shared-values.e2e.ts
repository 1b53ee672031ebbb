// A shared file whose prompts are primitive nodes: their texts have all the room of their nodes, and are written there.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../test/corpora';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

describe('a primitive node that gives a text of several lines', () => {
  it('shows all of it, and takes what is written', async () => {
    const file = sharedFiles('ui').find(({ name }) => name.includes('basic_parametrized'));
    await graph.drop('parametrized.json', file?.text ?? '');
    const node = graph.node('PrimitiveNode').filter({ has: page.getByText('a photo of a cat') });
    const text = node.locator('textarea');
    await text.waitFor();
    expect(await node.getByRole('heading').textContent()).toBe('Shared value');
    // It is as high as the node leaves it, and all lines are in sight.
    const isWhole = () => text.evaluate((field) => field.scrollHeight <= field.clientHeight);
    await expect.poll(isWhole).toBe(true);
    await text.fill('a red boat\n\nat night');
    await graph.canvas.focus();
    await expect
      .poll(async () => (await graph.copied()).nodes.map(({ widgets_values }) => widgets_values))
      .toContainEqual(['a red boat\n\nat night']);
    const fed = graph.node('CLIPTextEncode').locator('[data-widget="text"]').first();
    expect(await fed.textContent()).toContain('from Shared value');
    // What happens before each run has a label that is not cut.
    const label = graph.node('PrimitiveNode').getByText('Each run').first();
    await expect
      .poll(() => label.evaluate((element) => element.scrollWidth <= element.clientWidth))
      .toBe(true);
  });
});
