// The engine on a page of its own, without a server, as tests handle it: places on the screen, what the document and the
// view hold, drags.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Fixture, startFixture } from '../fixtures/browser';
import { CATALOG, textToImage } from '../fixtures/files';
import type { Spot } from './graph';
import { acted } from './settle';

type Node = Readonly<Record<string, unknown>>;

export interface Drag {
  readonly button?: 'left' | 'middle';
  /** It stays held. */
  readonly isHeld?: boolean;
}

export class EnginePage {
  readonly page: Page;
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
  }

  async open(text: string): Promise<void> {
    await this.page.evaluate(
      ([types, file]) => {
        window.fixture.setCatalog(types);
        window.fixture.open(file);
      },
      [CATALOG, text] as const,
    );
    await this.settle();
  }

  /** Complaints that a test means to cause are none. */
  forgive(meant: RegExp): void {
    this.errors.splice(0, this.errors.length, ...this.errors.filter((text) => !meant.test(text)));
  }

  /** What was done is on the screen. */
  settle(): Promise<void> {
    return acted(this.page);
  }

  /** Take back the last step. */
  async undo(): Promise<void> {
    await this.page.evaluate(() => void window.fixture.doc?.undo());
    await this.settle();
  }

  // -- places on the screen ------------------------------------------------------------------------------------------

  slotAt(node: string, side: 'inputs' | 'outputs', index: number): Promise<Spot> {
    return this.page.evaluate(
      ([id, which, place]) => {
        const { view } = window.fixture;
        const point = view.scene?.layout(id)?.[which][place];
        return point === undefined ? { x: 0, y: 0 } : view.view.toScreen(point);
      },
      [node, side, index] as const,
    );
  }

  titleAt(node: string): Promise<Spot> {
    return this.page.evaluate((id) => {
      const { view } = window.fixture;
      const box = view.scene?.layout(id)?.box ?? { x: 0, y: 0 };
      return view.view.toScreen({ x: box.x + 60, y: box.y + 15 });
    }, node);
  }

  pointAt(x: number, y: number): Promise<Spot> {
    return this.page.evaluate(([gx, gy]) => window.fixture.view.view.toScreen({ x: gx, y: gy }), [
      x,
      y,
    ] as const);
  }

  // -- what there is: functions of their own, so that they can be polled ---------------------------------------------

  node = (id: string): Promise<Node> =>
    this.page.evaluate((each) => (window.fixture.doc?.graph('').nodes.get(each) ?? {}) as Node, id);

  posOf = async (id: string) => (await this.node(id))['pos'] as readonly [number, number];

  links = (): Promise<string[]> =>
    this.page.evaluate(() =>
      [...(window.fixture.doc?.graph('').links.values() ?? [])].map(
        (link) => `${link.from}.${link.fromSlot}>${link.to}.${link.toSlot}`,
      ),
    );

  selected = (): Promise<string[]> => this.page.evaluate(() => [...window.fixture.view.selected].sort());

  stepCount = (): Promise<number> => this.page.evaluate(() => window.fixture.doc?.steps.length ?? -1);

  zoom = (): Promise<number> => this.page.evaluate(() => window.fixture.view.view.zoom);

  /** How often something was told to the application under a name. */
  told = (name: string): Promise<number> =>
    this.page.evaluate(
      (each) => window.fixture.told.filter(([kind, value]) => kind === each && value !== null).length,
      name,
    );

  /** Why the links were refused that have been. */
  refusals = (): Promise<(string | undefined)[]> =>
    this.page.evaluate(() =>
      window.fixture.told
        .filter(([kind]) => kind === 'refused')
        .map(([, reason]) => (reason as { readonly code?: string } | null)?.code),
    );

  /** A canvas as text. */
  picture = (): Promise<string> =>
    this.page.evaluate(
      () => document.querySelector<HTMLCanvasElement>('canvas.graph-base')?.toDataURL() ?? '',
    );

  /** Frames that are asked for within a time. */
  framesIn(ms: number): Promise<number> {
    return framesIn(this.page, ms);
  }

  // -- what the hand does --------------------------------------------------------------------------------------------

  async drag(from: Spot, to: Spot, { button = 'left', isHeld = false }: Drag = {}): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down({ button });
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await mouse.move(to.x, to.y, { steps: 4 });
    if (!isHeld) await mouse.up({ button });
    await this.settle();
  }

  prefer(preferences: object): Promise<void> {
    return this.page.evaluate((each) => window.fixture.view.setPreferences(each), preferences);
  }
}

/** Frames that a page asks for within a time. */
export function framesIn(page: Page, ms: number): Promise<number> {
  return page.evaluate(async (time) => {
    const own = window.requestAnimationFrame;
    let asked = 0;
    window.requestAnimationFrame = (callback) => {
      asked += 1;
      return own(callback);
    };
    await new Promise((done) => setTimeout(done, time));
    window.requestAnimationFrame = own;
    return asked;
  }, ms);
}

export interface Begun {
  readonly graph: EnginePage;
  /** Go on with another page, of other options, on which the same is open. */
  again(options: BrowserContextOptions): Promise<void>;
}

/** Builds the page once for a file; each of its tests begins with a workflow on a fresh one, and none may throw or complain. */
export function eachOnEngine(take: (begun: Begun) => void, text = textToImage()): void {
  let fixture: Fixture;
  let graph: EnginePage | undefined;

  const again = async (options: BrowserContextOptions = {}) => {
    await graph?.page.context().close();
    const begun = new EnginePage(await fixture.open(options));
    graph = begun;
    await begun.open(text);
    take({ graph: begun, again });
  };

  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture?.close());
  beforeEach(() => again());
  afterEach(async () => {
    await graph?.page.context().close();
    expect(graph?.errors).toEqual([]);
  });
}
