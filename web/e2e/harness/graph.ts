// The graph of a page as tests handle it: nodes by type, their slots and fields, drags, what is saved.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { acted, rested } from './settle';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface SavedNode {
  readonly id: number | string;
  readonly type: string;
  readonly pos: readonly [number, number];
  readonly title?: string;
  readonly mode: number;
  readonly inputs?: readonly { readonly name: string; readonly link: number | null }[];
  readonly widgets_values?: readonly unknown[];
}

export interface Saved {
  readonly nodes: readonly SavedNode[];
  readonly links: readonly (readonly [number, number, number, number, number, string])[];
  readonly groups?: readonly { readonly bounding: readonly number[]; readonly title?: string }[];
  readonly extra?: { readonly reroutes?: readonly object[] };
  readonly definitions?: {
    readonly subgraphs: readonly (Record<string, unknown> & { readonly id: string })[];
  };
}

/** A workflow that ships with the program. */
export function shipped(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../workflows/${name}.json`, import.meta.url)), 'utf-8');
}

/** Of something on the screen. */
export async function middle(of: Locator): Promise<Spot> {
  const box = await of.boundingBox();
  if (box === null) throw new Error(`not on the screen: ${of}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drag a node by its head, and let go. */
export async function dragNode(page: Page, id: number | string, dx: number, dy: number): Promise<void> {
  const box = await page.locator(`[data-node="${id}"]`).boundingBox();
  if (box === null) throw new Error(`node ${id} is not on the screen`);
  const head = { x: box.x + box.width / 2, y: box.y + 8 };
  await page.mouse.move(head.x, head.y);
  await page.mouse.down();
  await page.mouse.move(head.x + dx, head.y + dy, { steps: 8 });
  await page.mouse.up();
  await acted(page);
}

export class GraphPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get canvas(): Locator {
    return this.page.getByRole('application');
  }

  async press(...keys: string[]): Promise<void> {
    for (const each of keys) await this.page.keyboard.press(each);
  }

  /** An empty workflow. */
  async empty(): Promise<void> {
    await this.page.getByRole('button', { name: 'New workflow' }).first().click();
    await this.canvas.focus();
  }

  /** Open a workflow from a file that is dropped on the page. */
  async drop(name: string, content: string | Buffer, type = 'application/json', at?: Spot): Promise<void> {
    await this.page.evaluate(
      ([file, bytes, mime, where]) => {
        const data = new DataTransfer();
        const content = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        data.items.add(new File([content], file, { type: mime }));
        const target = document.querySelector('[role="application"]');
        const box = target?.getBoundingClientRect();
        const point = {
          clientX: (box?.left ?? 0) + (where?.x ?? 300),
          clientY: (box?.top ?? 0) + (where?.y ?? 300),
        };
        for (const kind of ['dragover', 'drop'])
          target?.dispatchEvent(
            new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data, ...point }),
          );
      },
      [name, Buffer.from(content).toString('base64'), type, at ?? null] as const,
    );
  }

  async open(name: string, content: string): Promise<void> {
    await this.drop(`${name}.json`, content);
    await this.page.getByRole('tab', { name }).waitFor();
    await this.canvas.focus();
    await rested(this.page);
  }

  /** Paste text into the graph, by way of the clipboard. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((words) => navigator.clipboard.writeText(words), text);
    await this.canvas.focus();
    await this.press('Control+v');
    await this.page.locator('[data-node]').first().waitFor();
    await this.canvas.focus();
  }

  node(type: string): Locator {
    return this.page.locator(`[data-node][data-type="${type}"]`);
  }

  byId(id: number | string): Locator {
    return this.page.locator(`[data-node="${id}"]`);
  }

  title(id: number | string): Locator {
    return this.byId(id).locator('h3');
  }

  output(node: Locator, name: string): Locator {
    return node.locator(`[data-output="${name}"] > span`).first();
  }

  input(node: Locator, name: string): Locator {
    return node.locator(`[data-input="${name}"] > span`).first();
  }

  middle(of: Locator): Promise<Spot> {
    return middle(of);
  }

  async drag(from: Locator | Spot, to: Locator | Spot, isHeld = false): Promise<void> {
    const start = 'x' in from ? from : await this.middle(from);
    const end = 'x' in to ? to : await this.middle(to);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2 + 20, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    if (!isHeld) await this.page.mouse.up();
  }

  /** What all of the graph is, as its own copy says. Leaves everything selected. */
  async copied(): Promise<Saved> {
    // Where nothing was copied, nothing is read, and not what somebody copied before.
    await this.page.evaluate(() => navigator.clipboard.writeText(''));
    await this.canvas.focus();
    await this.press('Control+a', 'Control+c');
    return JSON.parse(await this.page.evaluate(() => navigator.clipboard.readText())) as Saved;
  }

  /** What a screen reader is told of the node that has the keyboard. */
  async spoken(): Promise<string> {
    return (await this.page.locator('#graph-focused-node').getAttribute('aria-label')) ?? '';
  }
}

/** Links as `1>2`. */
export function wires(saved: Saved): string[] {
  return saved.links.map((link) => `${link[1]}>${link[3]}`).sort();
}
