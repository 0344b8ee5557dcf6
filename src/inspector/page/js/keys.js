// The keyboard: one table of keys, which the help dialog shows. Every key has a button as well. Keys are off while
// the user types, while a dialog is open, and when they were turned off in the help dialog.

import { fill, h } from './dom.js';
import { load, save } from './storage.js';

/** @typedef {{ keys: string, label: string, group: string, run: (event: KeyboardEvent) => void,
 *   when?: () => boolean }} Binding */

/** @type {Set<Binding>} */
const bindings = new Set();
let pending = '';
/** @type {any} */
let pendingTimer;

/** Adds keys such as `j`, `Enter` or `g e` (one after the other); returns the function that removes them.
 * @param {Binding[]} list */
export function addKeys(list) {
  for (const binding of list) bindings.add(binding);
  return () => list.forEach((binding) => bindings.delete(binding));
}

const enabled = () => load('keys') !== 'off';

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]') !== null;
}

/** Whether the element uses this key itself. @param {EventTarget | null} target @param {string} key */
function isOwnKey(target, key) {
  const own = target instanceof Element ? target.closest('button, a, summary, input, [data-own-keys]') : null;
  if (!own) return false;
  if (key === 'Enter' || key === 'Space') return true;
  return own.hasAttribute('data-own-keys') && /^(Arrow|Home|End|Page)/.test(key);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector('dialog[open]')) return;
  const key = event.key === ' ' ? 'Space' : event.key;
  if (isTyping(event.target)) {
    if (key === 'Escape') {
      // A search field would forget what was typed.
      event.preventDefault();
      /** @type {HTMLElement} */ (event.target).blur();
    }
    return;
  }
  if ((key.length === 1 && !enabled()) || isOwnKey(event.target, key)) return;
  const typed = pending ? `${pending} ${key}` : key;
  clearPending();
  const found = find(typed) ?? find(key);
  if (found) {
    event.preventDefault();
    found.run(event);
  } else if ([...bindings].some((binding) => binding.keys.startsWith(`${key} `))) {
    pending = key;
    pendingTimer = setTimeout(clearPending, 1200);
  }
}

/** The binding added last wins. @param {string} keys */
function find(keys) {
  return [...bindings].reverse().find((item) => item.keys.split(', ').includes(keys) && (item.when?.() ?? true));
}

function clearPending() {
  clearTimeout(pendingTimer);
  pending = '';
}

/** Shows all keys. */
export function showHelp() {
  const groups = new Map();
  for (const { group, keys, label } of bindings) {
    const rows = groups.get(group) ?? new Map();
    rows.set(label, rows.has(label) ? `${rows.get(label)}, ${keys}` : keys);
    groups.set(group, rows);
  }
  const dialog = h('dialog', { class: 'dialog help', 'aria-labelledby': 'help-title' });
  const toggle = h('input', { type: 'checkbox', checked: enabled(), onchange: () => save('keys', toggle.checked ? 'on' : 'off') });
  fill(
    dialog,
    h('div', { class: 'dialog-head' }, h('h2', { id: 'help-title' }, 'Keyboard'), h('button', { class: 'ghost', onclick: () => dialog.close() }, 'Close')),
    h('div', { class: 'help-groups' }, [...groups].map(([group, rows]) => section(group, [...rows]))),
    h('label', { class: 'check' }, toggle, 'Single-letter keys'),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} group @param {[string, string][]} rows */
function section(group, rows) {
  const item = (/** @type {[string, string]} */ [label, keys]) => [h('dt', null, keyCaps(keys)), h('dd', null, label)];
  return h('section', null, h('h3', null, group), h('dl', null, rows.map(item)));
}

/** @param {string} keys */
function keyCaps(keys) {
  return keys.split(', ').map((one, at) => [at > 0 && ' or ', one.split(' ').map((key) => h('kbd', null, NAMES[key] ?? key))]);
}

/** @type {Record<string, string>} */
const NAMES = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', PageDown: 'Page ↓', PageUp: 'Page ↑' };

document.addEventListener('keydown', onKey);
