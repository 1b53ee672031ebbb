import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

let needed: ReadonlySet<string> | null = null;

/** Everything that the first frame needs: what `main.tsx` imports, and what that imports, and so on. */
function findNeeded(modules: Modules): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [fileURLToPath(new URL('src/main.tsx', import.meta.url))];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    // It names every part that there is; those that are used at once go where they are used.
    if (/node_modules\/radix-ui\//.test(id)) continue;
    left.push(...(modules.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

/** A file of what the first frame needs. */
const first = (file: string) => ({
  debugName: file,
  name: (id: string, modules: Modules) => {
    needed ??= findNeeded(modules);
    return needed.has(id) ? file : null;
  },
});

// Stable names, no source maps: `dist` is committed, and CI proves that it is what the sources build. What the first
// frame needs is in two files, libraries (`vendor`) and our own (`base`); every part that is loaded later has its own,
// and `parts` has the libraries for them.
export default defineConfig({
  plugins: [react()],
  base: './',
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/app.js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
        codeSplitting: {
          groups: [
            { ...first('vendor'), test: /node_modules/, priority: 2 },
            { name: 'parts', test: /node_modules/, priority: 1 },
            first('base'),
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8188', ws: true } } },
});
