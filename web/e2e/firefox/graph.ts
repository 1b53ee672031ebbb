// The page as the smoke tests handle it: what people see by role and name, nodes, drags, files.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementHandle, KeyInput, Page } from 'puppeteer-core';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export class FirefoxPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Keys one after the other, each as `Control+Shift+k`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const each of keys) {
      const parts = each.split('+') as KeyInput[];
      for (const part of parts) await this.page.keyboard.down(part);
      for (const part of parts.toReversed()) await this.page.keyboard.up(part);
    }
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** What is there for a reader of the page, once it is seen. */
  role(role: string, name?: string, timeout = 15_000): Promise<ElementHandle<Element>> {
    const named = name === undefined ? '' : `[name=${JSON.stringify(name)}]`;
    return this.see(`::-p-aria(${named}[role="${role}"])`, timeout);
  }

  text(words: string, timeout = 15_000): Promise<ElementHandle<Element>> {
    return this.see(`::-p-text(${words})`, timeout);
  }

  async see(selector: string, timeout = 15_000): Promise<ElementHandle<Element>> {
    const found = await this.page.waitForSelector(selector, { visible: true, timeout });
    if (found === null) throw new Error(`${selector} is not there`);
    return found;
  }

  async gone(selector: string): Promise<void> {
    await this.page.waitForSelector(selector, { hidden: true, timeout: 15_000 });
  }

  /** Where an element is on the screen. */
  async box(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await (await this.see(selector)).boundingBox();
    if (box === null) throw new Error(`${selector} is not on the screen`);
    return box;
  }

  async middle(selector: string): Promise<Spot> {
    const { x, y, width, height } = await this.box(selector);
    return { x: x + width / 2, y: y + height / 2 };
  }

  async drag(start: Spot, end: Spot): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await mouse.move(end.x, end.y, { steps: 4 });
    await mouse.up();
  }

  /** The command that opens a file, and the file in the chooser. */
  async open(path: string): Promise<void> {
    const [chooser] = await Promise.all([
      this.page.waitForFileChooser({ timeout: 15_000 }),
      this.press('Control+o'),
    ]);
    await chooser.accept([path]);
  }

  /** A file that is dropped on the page. */
  async drop(name: string, content: string): Promise<void> {
    await this.page.$eval(
      '[role="application"]',
      (target, file, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], file, { type: 'application/json' }));
        for (const kind of ['dragenter', 'dragover', 'drop'])
          target.dispatchEvent(
            new DragEvent(kind, {
              ...{ bubbles: true, cancelable: true, dataTransfer },
              ...{ clientX: 700, clientY: 500 },
            }),
          );
      },
      name,
      content,
    );
  }

  /** What a field of a node says. */
  value(id: number, widget: string): Promise<string | null> {
    return this.page.$eval(`[data-node="${id}"] [data-widget="${widget}"] [role="spinbutton"]`, (field) =>
      field.getAttribute('aria-valuetext'),
    );
  }
}

/** A file that a test may open. */
export function fileWith(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
