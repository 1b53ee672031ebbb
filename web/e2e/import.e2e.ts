// Whatever carries a workflow becomes a tab: by the dialog, by dropping it, by pasting it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { forgiveErrors, openPage } from './harness/page';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';

const WORKFLOW = fileURLToPath(new URL('../../workflows/text_to_image.json', import.meta.url));
const PARAMETERS = `a red (fox:1.2) in the snow
Negative prompt: blurry
Steps: 21, Sampler: Euler a, CFG scale: 6.5, Seed: 42, Size: 512x384, Model: postcards`;

/** Pictures as programs write them: the workflow in text chunks or in EXIF, parameters as A1111 has them. */
const PICTURES = `
import json, sys
from PIL import Image, PngImagePlugin
place, workflow, parameters = sys.argv[1], open(sys.argv[2]).read(), sys.argv[3]
picture = Image.new("RGB", (16, 16), "red")
texts = PngImagePlugin.PngInfo()
texts.add_text("workflow", workflow)
picture.save(place + "/canvas.png", pnginfo=texts)
texts = PngImagePlugin.PngInfo()
texts.add_text("parameters", parameters)
picture.save(place + "/a1111.png", pnginfo=texts)
exif = Image.Exif()
exif[0x010F] = "workflow:" + workflow
picture.save(place + "/canvas.webp", exif=exif)
exif = Image.Exif()
exif[0x010F] = "workflow:" + workflow
picture.save(place + "/canvas.jpg", exif=exif)
exif = Image.Exif()
exif.get_ifd(0x8769)[0x9286] = b"UNICODE\\0" + parameters.encode("utf-16-be")
picture.save(place + "/a1111.jpg", exif=exif)
open(place + "/a1111.txt", "w").write(parameters)
`;

let server: Server;
let browser: Browser;
let api = '';

withServer((house) => {
  ({ server, browser } = house);
});

beforeAll(async () => {
  const python = process.env['SKEIN_PYTHON'] ?? 'python';
  execFileSync(python, ['-c', PICTURES, server.base, WORKFLOW, PARAMETERS]);
  const response = await fetch(`${server.url}/api/v1/convert`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: readFileSync(WORKFLOW),
  });
  api = JSON.stringify((await response.json()).prompt);
});

async function begin(): Promise<Page> {
  const { page } = await openPage(browser, server.url, { viewport: { width: 1920, height: 1080 } });
  await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
  return page;
}

/** What a file of the user's machine is to a page. */
async function dataWith(page: Page, files: readonly string[], text = '') {
  const given = files.map((path) => ({
    name: basename(path),
    content: readFileSync(path).toString('base64'),
  }));
  return page.evaluateHandle(
    ({ given, text }) => {
      const types: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };
      const data = new DataTransfer();
      for (const { name, content } of given) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: types[name.split('.').at(-1) ?? ''] ?? '' }));
      }
      if (text !== '') data.setData('text/plain', text);
      return data;
    },
    { given, text },
  );
}

async function paste(page: Page, files: readonly string[], text = ''): Promise<void> {
  const clipboardData = await dataWith(page, files, text);
  await page.evaluate((data) => {
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, clipboardData);
}

async function drop(page: Page, files: readonly string[], text = ''): Promise<void> {
  const dataTransfer = await dataWith(page, files, text);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('[role="application"]', type, { dataTransfer, clientX: 700, clientY: 500 });
}

const isCanvas = (page: Page) =>
  expect.poll(() => page.locator('[data-node="5"]').textContent()).toContain('dpmpp_2m');

async function isA1111(page: Page): Promise<void> {
  await expect.poll(() => page.locator('[data-node]').allTextContents().then(String)).toContain('KSampler');
  const texts = () =>
    page
      .locator('[data-node] textarea')
      .evaluateAll((all) => all.map((each) => (each as HTMLTextAreaElement).value));
  await expect.poll(texts).toContain('a red (fox:1.2) in the snow');
}

describe('the open dialog', () => {
  it('takes both formats, pictures of every kind, and what A1111 writes', async () => {
    const page = await begin();
    const names = ['canvas.png', 'canvas.webp', 'canvas.jpg', 'a1111.png', 'a1111.jpg', 'a1111.txt'];
    const paths = [WORKFLOW, ...names.map((name) => join(server.base, name))];
    for (const [index, path] of paths.entries()) {
      const chooser = page.waitForEvent('filechooser');
      await page.keyboard.press('Control+o');
      await (await chooser).setFiles(path);
      if (path.includes('a1111')) await isA1111(page);
      else await isCanvas(page);
      // The same content is the same tab, with an offer to open it again.
      if (index >= 1 && index <= 3) await page.getByRole('button', { name: 'Open a copy' }).first().waitFor();
      await expect.poll(() => page.getByRole('tab').count()).toBe(index <= 3 ? 1 : 2);
    }
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Control+o');
    await (await chooser).setFiles({
      name: 'api.json',
      mimeType: 'application/json',
      buffer: Buffer.from(api),
    });
    await page.getByRole('tab', { name: /^api, Imported from the API format/ }).waitFor();
    await isCanvas(page);
    // Once it is saved it is a file like any other.
    await page.keyboard.press('Control+s');
    await page.getByRole('textbox', { name: /Name/ }).fill('was api');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'was api', exact: true }).waitFor();
  });
});

describe('dropping', () => {
  it.each(['canvas.png', 'canvas.webp', 'canvas.jpg'])('%s opens its workflow', async (name) => {
    const page = await begin();
    await drop(page, [join(server.base, name)]);
    await page.getByRole('tab', { name: 'canvas' }).waitFor();
    await isCanvas(page);
  });

  it('opens JSON, the API format and texts, several at once', async () => {
    const page = await begin();
    await drop(page, [WORKFLOW, join(server.base, 'a1111.txt')]);
    await page.getByRole('tab', { name: 'text_to_image' }).waitFor();
    await page.getByRole('tab', { name: 'a1111' }).waitFor();
    await drop(page, [], api);
    await page.getByRole('tab', { name: 'Dropped' }).waitFor();
    await isCanvas(page);
  });
});

/** What other browsers make of a picture that is dragged out of a page: its address, and a file that tells nothing. */
async function dropAddress(page: Page, address: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(async (list) => {
    const blob = await new OffscreenCanvas(4, 4).convertToBlob({ type: 'image/png' }).catch(() => null);
    const data = new DataTransfer();
    data.items.add(new File(blob === null ? [] : [blob], 'canvas.png', { type: 'image/png' }));
    data.setData('text/uri-list', list);
    return data;
  }, address);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('[role="application"]', type, { dataTransfer, clientX: 700, clientY: 500 });
}

describe('pictures of this server', () => {
  it('are read whole when they are dropped by their address; what is elsewhere is never asked for', async () => {
    const form = new FormData();
    const content = new Blob([readFileSync(join(server.base, 'canvas.png'))], { type: 'image/png' });
    form.append('image', content, 'ours.png');
    await fetch(`${server.url}/upload/image`, { method: 'POST', body: form });
    const opened = await openPage(browser, server.url, { viewport: { width: 1920, height: 1080 } });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    await dropAddress(page, 'http://example.com/view?filename=ours.png&type=input');
    await page.getByText('canvas.png could not be opened').waitFor();
    forgiveErrors(opened, /status of 4/);
    await dropAddress(page, `${server.url}/view?filename=ours.png&type=input&preview=webp;75`);
    await page.getByRole('tab', { name: 'ours' }).waitFor();
    await isCanvas(page);
  });
});

describe('what is damaged', () => {
  it('is told where it breaks, or what it is instead', async () => {
    const opened = await openPage(browser, server.url, { viewport: { width: 1920, height: 1080 } });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    const text = readFileSync(WORKFLOW, 'utf-8');
    const lines = text.split('\n');
    const half = lines.slice(0, 12).join('\n');
    const column = (lines[11]?.trimEnd().length ?? 0) + 1;
    const open = async (name: string, mimeType: string, content: string) => {
      await rested(page);
      const chooser = page.waitForEvent('filechooser');
      await page.keyboard.press('Control+o');
      await (await chooser).setFiles({ name, mimeType, buffer: Buffer.from(content) });
      return page.getByRole('alert').filter({ hasText: `${name} could not be opened` });
    };
    const json = 'application/json';
    const cut = await open('cut.json', json, half);
    await cut.getByText(`It is cut off: its text ends in line 12, column ${column}`).waitFor();
    const broken = await open('broken.json', json, `${half}\n@${lines.slice(12).join('\n')}`);
    await broken.getByText('It is no JSON: in line 13, column 1').waitFor();
    await (await open('empty.json', json, '')).getByText('It is empty.').waitFor();
    await (await open('list.json', json, '[]')).getByText('It holds no JSON object.').waitFor();
    const page404 = await open('fox.png', 'image/png', '<!DOCTYPE html><title>Not found</title>');
    await page404.getByText('It is no picture of a known format: it begins with “<!DOCTYPE html>').waitFor();
    forgiveErrors(opened, /status of 400/);
    expect(await page.getByRole('tab').count()).toBe(0);
  });
});

describe('what is too large', () => {
  const told = (page: Page, words: string) => page.getByText(words).first().waitFor();

  it('is told which limit it breaks, however it comes, and nothing is opened', async () => {
    const page = await begin();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File([' '.repeat(17 * 2 ** 20)], 'huge.json', { type: 'application/json' }));
      const canvas = document.querySelector('[role="application"]');
      canvas?.dispatchEvent(
        new DragEvent('drop', {
          dataTransfer: data,
          bubbles: true,
          cancelable: true,
          clientX: 700,
          clientY: 500,
        }),
      );
    });
    await told(page, 'It has 17 MiB of text; the canvas opens up to 16 MiB.');
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', `{"nodes":[],"more":"${'x'.repeat(18 * 2 ** 20)}"}`);
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      );
    });
    await told(page, 'It has 19 MiB of text; the canvas opens up to 16 MiB.');
    const links = `[1,1,0,2,0,0]${',[1,1,0,2,0,0]'.repeat(1_000_000)}`;
    await drop(page, [], `{"nodes":[],"links":[${links}]}`);
    await told(page, 'It has 1,000,001 links');
    await drop(page, [], `{"nodes":[],"links":[],"extra":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    await told(page, 'more than 200 levels deep');
    const many = JSON.stringify({ nodes: [], links: new Array(100_001).fill([1, 1, 0, 2, 0, 0]) });
    await fetch(`${server.url}/api/v1/workflows/files/many.json`, { method: 'PUT', body: many });
    await page.getByRole('button', { name: 'Workflows', exact: true }).click();
    await page.getByRole('treeitem', { name: /^many/ }).click();
    await told(page, 'It has 100,001 links');
    await acted(page);
    expect(await page.getByRole('tab').count()).toBe(0);
  });

  it('is not what contains itself: subgraphs in a circle are opened, and gone into', async () => {
    const opened = await openPage(browser, server.url, { viewport: { width: 1920, height: 1080 } });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    const ids = ['aaaaaaaa-0000-0000-0000-000000000000', 'bbbbbbbb-0000-0000-0000-000000000000'];
    const node = (id: number, type: string | undefined) => ({
      ...{ id, type, pos: [0, 0], size: [200, 60], flags: {}, mode: 0, order: 0, inputs: [], outputs: [] },
    });
    const subgraphs = ids.map((id, index) => ({
      ...{ id, name: `Circle ${index}`, version: 1, nodes: [node(1, ids[1 - index])], links: [], groups: [] },
      ...{ inputs: [], outputs: [] },
    }));
    const circle = { nodes: [node(1, ids[0])], links: [], version: 0.4, definitions: { subgraphs } };
    await drop(page, [], JSON.stringify(circle));
    await page.getByRole('tab', { name: 'Dropped' }).waitFor();
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Where you are' }).getByText('Circle 0').waitFor();
    await page.locator('[data-node="1"]').getByText('Circle 1').waitFor();
    // What runs it says that it cannot, when it is asked what would run.
    forgiveErrors(opened, /status of 400/);
  });
});

describe('pasting', () => {
  it('opens text of every kind where nothing is open, and A1111’s where something is', async () => {
    const page = await begin();
    await paste(page, [], readFileSync(WORKFLOW, 'utf-8'));
    await page.getByRole('tab', { name: 'Pasted' }).waitFor();
    await isCanvas(page);
    await paste(page, [], PARAMETERS);
    await page.getByRole('tab', { name: 'Pasted (2)' }).waitFor();
    await isA1111(page);
  });

  it('opens files, and leaves what is no workflow alone', async () => {
    const page = await begin();
    await paste(page, [], 'Steps: go there, look around');
    await paste(page, [join(server.base, 'canvas.png')]);
    await page.getByRole('tab', { name: 'canvas' }).waitFor();
    await isCanvas(page);
    expect(await page.getByRole('tab').count()).toBe(1);
  });
});
