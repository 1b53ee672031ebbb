// What the page weighs until its first frame: the files that `index.html` names, and what those import, zipped as a
// server does.

import { gzipSync } from 'node:zlib';

/** Bytes of JavaScript, zipped, that are needed before anything is shown; and of all that there is. */
export async function bootWeight(read: (path: string) => Promise<string>): Promise<number> {
  const html = await read('index.html');
  const left = [...html.matchAll(/(?:src|href)="\.\/(assets\/[\w.-]+\.js)"/g)].map(([, path]) => path ?? '');
  const found = new Map<string, number>();
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (found.has(path)) continue;
    const text = await read(path);
    found.set(path, gzipSync(text, { level: 9 }).length);
    for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
      left.push(`assets/${name}`);
  }
  return [...found.values()].reduce((sum, each) => sum + each, 0);
}
