// The masked mode for screen sharing: personal values and ids are blurred and cannot be selected. It hides them from
// eyes only; they are still on the page.

import { fill, h, icon } from './dom.js';
import { load, save } from './storage.js';

// Members whose values say who someone is.
const PERSONAL = /(^|_)(id|name|first_name|last_name|email|phone|avatar|address|title|subject|body|content|message|text|bio|ip|author|username|token|secret|note|preview|excerpt|url)$/i;
// Values that do so whatever they are called: an id of a resource, an address of a person.
const VALUE = /^(?:[a-z]{2,5}_[A-Za-z0-9_-]{8,}|[^\s@]+@[^\s@]+\.[^\s@]+|[0-9a-f]{8}-[0-9a-f-]{27,})$/;

/** Whether the masked mode hides this value. @param {string | null} name @param {unknown} value */
export function isPersonal(name, value) {
  if (typeof value === 'string' && VALUE.test(value)) return true;
  return name !== null && PERSONAL.test(name) && value !== null && typeof value !== 'boolean' && typeof value !== 'object';
}

export const isMasked = () => document.documentElement.hasAttribute('data-masked');

/** @param {boolean} on */
export function setMasked(on) {
  document.documentElement.toggleAttribute('data-masked', on);
  save('masked', on ? 'on' : 'off');
}

export function maskButton() {
  const button = h('button', { class: 'ghost icon-button', onclick: () => { setMasked(!isMasked()); show(); } });
  const show = () => {
    fill(button, icon(isMasked() ? 'maskOn' : 'mask'));
    button.setAttribute('aria-pressed', String(isMasked()));
    button.setAttribute('aria-label', 'Hide personal data');
    button.title = isMasked() ? 'Personal data and ids are hidden' : 'Hide personal data and ids, for screen sharing';
  };
  setMasked(load('masked') === 'on');
  show();
  return { button, toggle: () => button.click() };
}
