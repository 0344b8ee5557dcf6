// The state of the page is its address: `#/events?type=ticket.*&q=refund&sel=42&tab=answer`. A reload, a bookmark
// and a second window show the same. The theme is part of every address once it was chosen.

/** @typedef {Record<string, string>} Params */

/** @type {Set<(view: string, params: Params) => void>} */
const listeners = new Set();
const DEFAULT_VIEW = 'events';
const GLOBAL = ['theme'];

/** @param {string} hash @returns {{ view: string, params: Params }} */
export function parse(hash) {
  const match = /^#\/([\w-]*)(?:\?(.*))?$/s.exec(hash);
  if (!match) return { view: DEFAULT_VIEW, params: {} };
  return { view: match[1] || DEFAULT_VIEW, params: Object.fromEntries(new URLSearchParams(match[2] ?? '')) };
}

/** The address of a view; empty values are left out. @param {string} view @param {Record<string, any>} [params] */
export function address(view, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...globals(), ...params })) {
    if (value !== null && value !== undefined && value !== '' && value !== false) query.set(name, String(value));
  }
  // Readable in the address bar: these characters are safe in a fragment.
  const text = query.toString().replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%2C/g, ',');
  return `#/${view}${text ? `?${text}` : ''}`;
}

export function current() {
  return parse(location.hash);
}

/** Opens a view; the browser's back button returns. @param {string} view @param {Record<string, any>} [params]
 * @param {{ replace?: boolean }} [options] */
export function go(view, params = {}, { replace = false } = {}) {
  const target = address(view, params);
  if (target === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  notify();
}

/** Changes parameters of the present view; `null` removes one. @param {Record<string, any>} changes
 * @param {{ replace?: boolean }} [options] */
export function patch(changes, { replace = true } = {}) {
  const { view, params } = current();
  go(view, { ...params, ...changes }, { replace });
}

/** @param {(view: string, params: Params) => void} listener */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function globals() {
  const { params } = current();
  return Object.fromEntries(GLOBAL.filter((name) => params[name]).map((name) => [name, params[name]]));
}

function notify() {
  const { view, params } = current();
  for (const listener of listeners) listener(view, params);
}

addEventListener('popstate', notify);
