// Modal dialogs: a question with an answer, or a form of a view.

import { append, h } from './dom.js';

/** Opens a dialog; it leaves the page when it closes, and the focus returns. @param {string} title
 * @param {any[]} children @returns {HTMLDialogElement} */
export function openDialog(title, ...children) {
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  const before = document.activeElement;
  const close = h('button', { class: 'ghost', type: 'button', onclick: () => dialog.close() }, 'Close');
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id }, h('div', { class: 'dialog-head' }, h('h2', { id }, title), close));
  append(dialog, ...children);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks; resolves to whether the user agreed. @param {{ title: string, text: any, action: string, danger?: boolean }} question
 * @returns {Promise<boolean>} */
export function confirm({ title, text, action, danger = false }) {
  return new Promise((resolve) => {
    let agreed = false;
    const agree = () => { agreed = true; dialog.close(); };
    const dialog = openDialog(
      title,
      h('p', null, text),
      h('div', { class: 'dialog-actions' },
        h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { type: 'button', class: danger ? 'danger' : 'primary', onclick: agree }, action)),
    );
    dialog.addEventListener('close', () => resolve(agreed));
  });
}

/** Copies text and says so. @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h('textarea', { value: text, class: 'visually-hidden' });
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}
