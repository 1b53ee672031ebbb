// Begins: the theme first (so that the first frame has it), then the page, then what the server knows.

import './theme/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { start } from './app/start';
import { followTheme } from './app/theme';
import './features/load';

followTheme();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  void start();
}
