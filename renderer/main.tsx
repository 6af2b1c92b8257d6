/** Composition root of the page: styles, live feed into the stores, then React. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { followDesktop } from './model/follow-desktop.ts';
import { followLive } from './model/follow-live.ts';
import { followHash } from './model/selection.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './shell/shell.css';
import './shell/dialogs.css';

followLive();
followDesktop();
window.addEventListener('hashchange', followHash);
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
