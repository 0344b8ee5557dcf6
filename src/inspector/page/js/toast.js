// Short messages at the edge of the page, read aloud by screen readers. Errors stay until they are closed.

import { append, h, icon } from './dom.js';
import { ApiError } from './api.js';

const polite = h('div', { role: 'status', 'aria-live': 'polite' });
const assertive = h('div', { role: 'alert', 'aria-live': 'assertive' });
document.getElementById('toasts')?.append(polite, assertive);

/**
 * @param {any} text
 * @param {{ kind?: 'ok' | 'bad' | '', hint?: string | null, action?: { label: string, run: () => void } }} [options]
 */
export function toast(text, { kind = '', hint = null, action } = {}) {
  const close = h('button', { class: 'ghost icon-button', 'aria-label': 'Close this message', onclick: () => remove() }, icon('close'));
  const act = action && h('button', { class: 'ghost', onclick: () => { action.run(); remove(); } }, action.label);
  const item = h('div', { class: `toast ${kind}` }, h('div', { class: 'toast-text' }, h('p', null, text), hint && h('p', { class: 'hint' }, codeSpans(hint))), act, close);
  const region = kind === 'bad' ? assertive : polite;
  const remove = () => item.remove();
  append(region, item);
  while (region.children.length > 3) region.firstElementChild?.remove();
  if (kind !== 'bad') setTimeout(remove, action ? 10_000 : 5000);
}

/** @param {unknown} error */
export function toastError(error) {
  if (/** @type {any} */ (error)?.name === 'AbortError') return;
  const hint = error instanceof ApiError ? error.hint : null;
  toast(error instanceof Error ? error.message : String(error), { kind: 'bad', hint });
}

/** Text in which `backquotes` mark code. @param {string} text */
export function codeSpans(text) {
  return text.split('`').map((part, at) => (at % 2 ? h('code', null, part) : part));
}

/** What a view shows in place of content. @param {{ title: string, text?: string | null, action?: Node | null, kind?: string }} state */
export function emptyState({ title, text, action, kind = '' }) {
  return h('div', { class: `state ${kind}` }, h('p', { class: 'state-title' }, codeSpans(title)), text && h('p', null, codeSpans(text)), action);
}

/** @param {any} error @param {() => void} retry */
export function errorState(error, retry) {
  return emptyState({ title: error.message ?? String(error), text: error.hint, kind: 'bad', action: h('button', { onclick: retry }, 'Try again') });
}
