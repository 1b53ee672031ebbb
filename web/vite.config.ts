import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Stable names, no source maps: `dist` is committed, and CI proves that it is what the sources build.
export default defineConfig({
  plugins: [react()],
  base: './',
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/app.js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
        manualChunks: (id: string) => (id.includes('node_modules') ? 'vendor' : undefined),
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8188', ws: true } } },
});
