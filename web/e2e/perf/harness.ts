// Main-thread time of frames, from Chromium's own trace: what a frame costs is comparable, how many there are is not.

import { writeFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { LIMITS } from './gates';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly pid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export interface Frames {
  /** Milliseconds of main-thread work from one frame to the next: by the clock, and of the processor alone. */
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
  /** All that the main thread did, by the processor. */
  readonly cpuTotal: number;
}

/** Record what the main thread does while something goes on. */
export async function traceFrames(page: Page, work: () => Promise<void>): Promise<Frames> {
  const client: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const done = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
    },
  });
  await work();
  await client.send('Tracing.end');
  await done;
  await client.detach();
  return framesOf(events);
}

function framesOf(events: readonly TraceEvent[]): Frames {
  const fired = events.filter((event) => event.name === 'FireAnimationFrame').sort((a, b) => a.ts - b.ts);
  const main = fired[0];
  if (main === undefined) return { wall: [], cpu: [], cpuTotal: 0 };
  const tasks = events.filter(
    (event) =>
      event.name === 'RunTask' && event.ph === 'X' && event.pid === main.pid && event.tid === main.tid,
  );
  // Several callbacks of one frame run in one task: a frame begins with a task that runs callbacks.
  const inside = (task: TraceEvent) =>
    fired.some(
      (event) => event.tid === task.tid && event.ts >= task.ts && event.ts <= task.ts + (task.dur ?? 0),
    );
  const starts = tasks
    .filter(inside)
    .map((task) => task.ts)
    .sort((a, b) => a - b);
  const wall = new Array<number>(starts.length).fill(0);
  const cpu = new Array<number>(starts.length).fill(0);
  for (const task of tasks) {
    // The task that fires a frame begins a little before the frame does.
    const end = task.ts + (task.dur ?? 0);
    let index = starts.findLastIndex((start) => start <= end);
    if (index < 0) index = 0;
    wall[index] = (wall[index] ?? 0) + (task.dur ?? 0) / 1000;
    cpu[index] = (cpu[index] ?? 0) + (task.tdur ?? task.dur ?? 0) / 1000;
  }
  const cpuTotal = tasks.reduce((sum, task) => sum + (task.tdur ?? task.dur ?? 0) / 1000, 0);
  return { wall: wall.slice(1), cpu: cpu.slice(1), cpuTotal };
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

const REPEATS = Number(process.env['REPEATS'] ?? 3);

type Figures = Readonly<Record<string, number>>;

const all: Record<string, Figures> = {};

/**
 * Take the figures some times over (`REPEATS`), print the middle of each, and hold them to their gates. `PERF_OUT` names
 * a file for all of them.
 */
export async function measure(id: string, once: () => Promise<Figures>, repeats = REPEATS): Promise<void> {
  const rounds: Figures[] = [];
  for (let round = 0; round < repeats; round += 1) rounds.push(await once());
  const figures: Record<string, number> = {};
  for (const name of Object.keys(rounds[0] ?? {})) {
    const values = rounds.map((each) => each[name] ?? Number.NaN);
    figures[name] = Math.round(percentile(values, 0.5) * 10) / 10;
  }
  all[id] = figures;
  const limits = Object.entries(LIMITS[id] ?? {});
  const missed = limits.filter(([name, { goal }]) => !((figures[name] ?? Number.NaN) <= goal));
  const note = missed.map(([name, { goal }]) => `${name} above its goal of ${goal}`).join(', ');
  console.log(id, JSON.stringify(figures), note);
  const path = process.env['PERF_OUT'];
  if (path !== undefined) writeFileSync(path, JSON.stringify(all, null, 2));
  expect(limits.length, `${id} has limits`).toBeGreaterThan(0);
  for (const [name, { gate }] of limits)
    expect.soft(figures[name], `${id}: ${name}`).toBeLessThanOrEqual(gate);
}
