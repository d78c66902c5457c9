import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import './shell/shell.css';
import { App } from './shell/app';
import { startLanguage } from './shell/language';
import { applyTheme, currentTheme } from './shell/theme';

applyTheme(currentTheme());
await startLanguage();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
