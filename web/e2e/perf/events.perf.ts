// P11 of gates.ts: 200 events and 10 previews of 52 kB a second for a minute; SECONDS shortens it, NODES sizes the
// workflow.

import { writeFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { largeWorkflow } from '../fixtures/files';
import { launchBrowser } from '../harness/page';
import { type Server, startServer } from '../harness/server';
import { type Flood, noisePng, startFlood } from './flood';
import { measure } from './harness';

const SECONDS = Number(process.env['SECONDS'] ?? 60);
const NODES = Number(process.env['NODES'] ?? 300);
/** Where to keep a profile of the processor (`.cpuprofile`), for who wants to know why. */
const PROFILE = process.env['PROFILE'];
const EVENTS = 200;
const PREVIEWS = 10;
const SIDE = 132; // 52 kB

let server: Server;
let browser: Browser;
let flood: Flood;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  flood = await startFlood(server.url);
});

afterAll(async () => {
  flood?.stop();
  await browser?.close();
  await server?.stop();
});

async function heap(client: CDPSession): Promise<number> {
  for (let round = 0; round < 3; round += 1) await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await client.send('Runtime.getHeapUsage')) as { usedSize: number };
  return usedSize / 2 ** 20;
}

async function open(page: Page): Promise<string[]> {
  const raw = largeWorkflow(NODES);
  await page.goto(flood.url);
  await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file…' }).first().click();
  await (await chooser).setFiles({
    ...{ name: 'large.json', mimeType: 'application/json', buffer: Buffer.from(raw) },
  });
  await page.getByRole('tab', { name: /large/ }).waitFor();
  const { nodes } = JSON.parse(raw) as { nodes: { id: number }[] };
  return nodes.map((node) => String(node.id));
}

/** Keep to a rate, whatever the timer does. */
async function atRate(perSecond: number, act: (count: number) => void): Promise<void> {
  const from = performance.now();
  for (let sent = 0; sent < perSecond * SECONDS; ) {
    const due = Math.min(perSecond * SECONDS, ((performance.now() - from) / 1000) * perSecond);
    for (; sent < due; sent += 1) act(sent);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Task {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** Milliseconds of the processor that each task of the page's main thread took: other programs do not count. */
async function traceTasks(client: CDPSession): Promise<() => Promise<number[]>> {
  const rows: Task[] = [];
  client.on('Tracing.dataCollected', ({ value }) => void rows.push(...(value as unknown as Task[])));
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] },
  });
  return async () => {
    const done = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
    await client.send('Tracing.end');
    await done;
    // The thread that draws frames is the page's own.
    const frame = rows.find((row) => row.name === 'FireAnimationFrame');
    return rows
      .filter((row) => row.name === 'RunTask' && row.pid === frame?.pid && row.tid === frame.tid)
      .map((row) => (row.tdur ?? row.dur ?? 0) / 1000);
  };
}

it(
  'P11 takes a flood of events and previews',
  () =>
    measure(
      'P11 flood',
      async () => {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        const page = await context.newPage();
        const ids = await open(page);
        await page.getByRole('application').focus();
        await page.keyboard.press('Shift+V');
        await page.keyboard.press('q');
        await page.keyboard.press('Control+Enter');
        await expect.poll(() => flood.job()).not.toBe('');
        flood.event({ type: 'started', worker: 0, restarted: false });
        await page.getByRole('progressbar').first().waitFor();
        await page.evaluate(() => {
          const tasks: number[] = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) tasks.push(entry.duration);
          }).observe({ entryTypes: ['longtask'] });
          Object.assign(window, { longTasks: tasks });
        });
        const client = await context.newCDPSession(page);
        await client.send('HeapProfiler.enable');
        const pictures = Array.from({ length: 8 }, () => noisePng(SIDE));
        const before = await heap(client);
        const metrics = async () => {
          const { metrics: rows } = (await client.send('Performance.getMetrics')) as {
            metrics: { name: string; value: number }[];
          };
          return rows.find((row) => row.name === 'TaskDuration')?.value ?? 0;
        };
        await client.send('Performance.enable');
        const busyBefore = await metrics();
        const endTrace = await traceTasks(client);
        if (PROFILE !== undefined) {
          await client.send('Profiler.enable');
          await client.send('Profiler.start');
        }
        await Promise.all([
          atRate(EVENTS, (count) => {
            const id = ids[Math.floor(count / 40) % ids.length] ?? '1';
            const node = { node_id: id, display_id: id, parent_id: null };
            const step = count % 40;
            if (step === 0) flood.event({ type: 'node_started', ...node, node_type: 'KSampler' });
            else if (step === 39)
              flood.event({
                ...{ type: 'node_finished', ...node, node_type: 'KSampler' },
                ...{ seconds: 0.2, ui: null, cached: false, values: [] },
              });
            else flood.event({ type: 'node_progress', ...node, value: step, total: 38 });
          }),
          atRate(PREVIEWS, (count) =>
            flood.preview(
              ids[Math.floor(count / 2) % ids.length] ?? '1',
              pictures[count % 8] ?? noisePng(SIDE),
            ),
          ),
        ]);
        if (PROFILE !== undefined) {
          const { profile } = await client.send('Profiler.stop');
          writeFileSync(PROFILE, JSON.stringify(profile));
        }
        const busy = (await metrics()) - busyBefore;
        const spent = await endTrace();
        const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
        await page.waitForTimeout(2000);
        const during = await heap(client);
        flood.event({ type: 'succeeded', seconds: SECONDS });
        await page.waitForTimeout(2000);
        const after = await heap(client);
        await context.close();
        return {
          seconds: SECONDS,
          longTasks: tasks.length,
          longest: Math.max(0, ...tasks),
          cpuTasksOver50: spent.filter((ms) => ms > 50).length,
          cpuLongest: Math.max(0, ...spent),
          cpuPercent: spent.reduce((sum, ms) => sum + ms, 0) / SECONDS / 10,
          heapBefore: before,
          heapGrowth: during - before,
          heapGrowthAfterEnd: after - before,
          mainThreadPercent: (busy / SECONDS) * 100,
          pngBytes: pictures[0]?.length ?? 0,
        };
      },
      1,
    ),
  SECONDS * 1000 + 120_000,
);
