// System, light or dark. The choice is kept on this machine and in the address, so that a link looks the same.

import { fill, h, icon, plain } from './dom.js';
import { current, onChange, patch } from './route.js';
import { load, save } from './storage.js';

/** @typedef {'system' | 'light' | 'dark'} Theme */
/** @type {Theme[]} */
const THEMES = ['system', 'light', 'dark'];

/** @returns {Theme} */
function chosen() {
  const value = /** @type {Theme} */ (current().params.theme ?? load('theme'));
  return THEMES.includes(value) ? value : 'system';
}

export function applyTheme() {
  const theme = chosen();
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

export function themeButton() {
  const button = h('button', { class: 'ghost icon-button', onclick: next });
  /** @type {Theme | null} */
  let shown = null;
  const show = () => {
    const theme = chosen();
    if (theme === shown) return;
    shown = theme;
    fill(button, icon(theme === 'system' ? 'auto' : theme === 'light' ? 'sun' : 'moon'));
    button.setAttribute('aria-label', plain(`Theme: ${theme}. Switch theme`));
    button.title = `Theme: ${theme}`;
    applyTheme();
  };
  onChange(show);
  show();
  return button;
}

function next() {
  const theme = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length];
  save('theme', theme);
  patch({ theme: theme === 'system' ? null : theme });
}
