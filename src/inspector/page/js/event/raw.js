// The bytes of a body: as text with visible escapes, or in hexadecimal if they are not UTF-8.

import { append, fill, h } from '../dom.js';
import { getBytes } from '../api.js';
import { size } from '../format.js';
import { errorState } from '../toast.js';

const TEXT_SHOWN = 64 * 1024;
const HEX_SHOWN = 4 * 1024;

/** @param {number} key */
export function rawBody(key) {
  const root = h('div', { class: 'raw' }, h('p', { class: 'loading' }, 'Loading …'));
  const load = () => getBytes(`events/${key}/body`).then((bytes) => show(root, bytes), (error) => fill(root, errorState(error, load)));
  void load();
  return root;
}

/** @param {HTMLElement} root @param {Uint8Array} bytes */
function show(root, bytes) {
  if (!bytes.length) return fill(root, h('p', { class: 'muted' }, 'The body is empty.'));
  let text = null;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Shown in hexadecimal.
  }
  const hex = h('button', { class: 'small', 'aria-pressed': String(text === null), disabled: text === null }, 'Hexadecimal');
  const content = h('div');
  const draw = () => {
    const asHex = hex.getAttribute('aria-pressed') === 'true';
    fill(content, asHex ? bounded(bytes.length, HEX_SHOWN, (end) => hexDump(bytes.subarray(0, end))) : bounded(text?.length ?? 0, TEXT_SHOWN, (end) => text?.slice(0, end) ?? ''));
  };
  hex.addEventListener('click', () => {
    hex.setAttribute('aria-pressed', String(hex.getAttribute('aria-pressed') !== 'true'));
    draw();
  });
  fill(root, h('div', { class: 'toolbar raw-bar' }, h('span', { class: 'muted' }, size(bytes.length), text === null && ', not UTF-8'), hex), content);
  draw();
}

/** @param {number} length @param {number} shown @param {(end: number) => string} make */
function bounded(length, shown, make) {
  const pre = h('pre', { class: 'raw-text personal', tabindex: 0 }, make(Math.min(length, shown)));
  if (length <= shown) return pre;
  const more = h('button', { class: 'small', onclick: () => {
    fill(pre, make(length));
    more.remove();
  } }, `Show all (${size(length)})`);
  return [pre, more];
}

/** @param {Uint8Array} bytes */
export function hexDump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex}  ${text}`);
  }
  return lines.join('\n');
}

/** Text of a header or an answer, bounded. @param {string} text */
export function boundedText(text) {
  const root = h('div', { class: 'raw' });
  append(root, bounded(text.length, TEXT_SHOWN, (end) => text.slice(0, end)));
  return root;
}
