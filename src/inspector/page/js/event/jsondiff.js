// The differences of two JSON values by path, and of two texts by line.

import { childPath, inline, isContainer } from './json.js';

/** @typedef {{ path: string, kind: 'added' | 'removed' | 'changed', before?: any, after?: any, name: string }} Difference */

/** At most this many differences are listed. */
export const MOST = 2000;

/** @param {any} before @param {any} after @returns {Difference[]} */
export function compare(before, after) {
  /** @type {Difference[]} */
  const found = [];
  walk(before, after, '', '', found);
  return found;
}

/** @param {any} before @param {any} after @param {string} path @param {string} name @param {Difference[]} found */
function walk(before, after, path, name, found) {
  if (found.length >= MOST) return;
  const arrays = Array.isArray(before);
  if (isContainer(before) && isContainer(after) && arrays === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const key of names) {
      const at = childPath(path, key, arrays);
      if (!Object.hasOwn(after, key)) found.push({ path: at, name: key, kind: 'removed', before: before[key] });
      else if (!Object.hasOwn(before, key)) found.push({ path: at, name: key, kind: 'added', after: after[key] });
      else walk(before[key], after[key], at, key, found);
    }
  } else if (inline(before) !== inline(after)) {
    found.push({ path: path || '(the whole value)', name, kind: 'changed', before, after });
  }
}

const ID = /^[a-z]{2,6}_[A-Za-z0-9_-]{6,}$|^[0-9a-f]{8}-[0-9a-f-]{27,}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Whether only an id or a time differs. @param {Difference} difference */
export function isIdOrTime({ kind, before, after }) {
  if (kind !== 'changed' || typeof before !== 'string' || typeof after !== 'string') return false;
  if (TIME.test(before) && TIME.test(after)) return true;
  const same = (/** @type {string} */ text) => text.replace(/[a-z]{2,6}_[A-Za-z0-9_-]{6,}/g, 'ID');
  return (ID.test(before) && ID.test(after)) || same(before) === same(after);
}

/** @typedef {{ kind: 'same' | 'added' | 'removed', text: string }} Line */

/** @param {string} before @param {string} after @returns {Line[]} */
export function compareLines(before, after) {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (/** @type {string} */ text) => /** @type {Line} */ ({ kind: 'same', text });
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

/** The longest common subsequence; for very long texts, all of the old and all of the new.
 * @param {string[]} a @param {string[]} b @returns {Line[]} */
function middle(a, b) {
  const removed = (/** @type {string} */ text) => /** @type {Line} */ ({ kind: 'removed', text });
  const added = (/** @type {string} */ text) => /** @type {Line} */ ({ kind: 'added', text });
  if (a.length * b.length > 4_000_000) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  /** @type {Line[]} */
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      lines.push(removed(a[i]));
      i += 1;
    } else {
      lines.push(added(b[j]));
      j += 1;
    }
  }
  return lines;
}
