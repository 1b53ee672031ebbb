// Begins: theme and language first (so that the first frame has them), then the page, then what the server knows.

import './theme/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadRest } from './app/lazily';
import { followLocale } from './app/locale';
import { start } from './app/start';
import { followTheme } from './app/theme';
import './features/load';
import { followFocus } from './ui/returnFocus';

async function begin(root: HTMLElement): Promise<void> {
  followTheme();
  followFocus();
  await followLocale();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  await start();
  loadRest();
}

const root = document.getElementById('root');
if (root !== null) void begin(root);
