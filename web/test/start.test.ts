// What the first frame must not wait for is not imported by what it needs: panels, dialogs and their libraries come later
// (`app/lazily`). And the built page keeps to its weight.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bootWeight } from '../e2e/perf/weight';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(WEB, 'src');
/** Whatever needs one of these is loaded when it is shown. */
const LATER = ['radix-ui', '@tanstack/react-virtual'];

const IMPORT = /^(?:import|export)\s+(?!type\b)(?:([^;'"]*?)\s+from\s+)?['"]([^'"]+)['"]/gm;

/** What a module needs before it can begin; types are nothing. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf-8');
  const found = [...text.matchAll(IMPORT)]
    .filter(([, names = '']) => !/^\{\s*(type \w+( as \w+)?,?\s*)+\}$/.test(names))
    .map(([, , from = '']) => (from.startsWith('.') ? locate(resolve(dirname(file), from)) : from));
  if (!file.endsWith('/features/load.ts')) return found;
  const parts = readdirSync(dirname(file)).flatMap((name) => [`${name}/register.ts`, `${name}/register.tsx`]);
  return [...found, ...parts.map((part) => join(dirname(file), part)).filter((part) => existsSync(part))];
}

function locate(path: string): string {
  const names = [path, `${path}.ts`, `${path}.tsx`];
  return names.find((name) => existsSync(name) && statSync(name).isFile()) ?? path;
}

it('does not import what comes later', () => {
  const first = join(SRC, 'main.tsx');
  const from = new Map<string, string | null>([[first, null]]);
  for (const file of from.keys())
    if (/\.tsx?$/.test(file)) for (const next of importsOf(file)) if (!from.has(next)) from.set(next, file);
  const pathTo = (module: string): string[] => {
    const before = from.get(module);
    return before == null ? [] : [...pathTo(before), before.slice(SRC.length + 1)];
  };
  expect(from.size).toBeGreaterThan(100);
  expect(LATER.filter((module) => from.has(module)).map((module) => [...pathTo(module), module])).toEqual([]);
});

it('weighs no more than it may', async () => {
  const weight = await bootWeight(async (path) => readFileSync(join(WEB, 'dist', path), 'utf-8'));
  expect(weight).toBeGreaterThan(50_000);
  expect(weight).toBeLessThan(300_000);
});
