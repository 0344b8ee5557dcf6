// Parts that several pages of the sandbox share.

import { externalLink, fill, h } from '../../dom.js';
import { timeElement } from '../../format.js';
import { address } from '../../route.js';
import { CstarError } from './client.js';
import { PERSONAL } from './sections.js';

const TIME = /(At|_at|^time)$/;

/** A value of an object in a table. @param {string} name @param {any} value */
export function cell(name, value) {
  if (value === null || value === undefined || value === '') return h('span', { class: 'muted' }, '–');
  if (TIME.test(name) && typeof value === 'string') return timeElement(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : value;
  return h('span', { class: PERSONAL.has(name) ? 'personal' : null }, text);
}

/** An error of the API as it is: message, code, request id. @param {unknown} error */
export function errorBox(error) {
  if (!(error instanceof CstarError)) {
    return h('div', { class: 'api-error', role: 'alert' }, h('p', null, error instanceof Error ? error.message : String(error)));
  }
  const { status, code, param, requestId, retryAfter, fault, hint, docUrl } = error;
  return h(
    'div',
    { class: 'api-error', role: 'alert' },
    h('p', null, error.message),
    h(
      'p',
      { class: 'muted' },
      [status && `HTTP ${status}`, code, param && `parameter ${param}`, retryAfter && `retry after ${retryAfter} s`, fault && `injected fault ${fault}`]
        .filter(Boolean)
        .join(' · '),
      requestId && [' · ', requestLink(requestId)],
    ),
    hint && h('p', { class: 'hint' }, hint),
    docUrl && h('p', null, externalLink(docUrl, 'What the documentation says')),
  );
}

/** A request id that leads to the events that the request caused. @param {string} id */
export function requestLink(id) {
  return h('a', { href: address('events', { q: id }), class: 'mono', title: 'The events of this request' }, id);
}

/** What a write did: its request id, and whether it was answered from a stored response.
 * @param {string} what @param {import('./client.js').Answer} answer */
export function doneLine(what, { requestId, replayed }) {
  return [`${what}. `, requestId && requestLink(requestId), replayed && ' The answer is the stored one of the first request.'];
}

/** A secret that is shown once. @param {string} secret */
export function secretBox(secret) {
  return h(
    'div',
    { class: 'secret' },
    h('p', null, 'No other response contains this. Copy it now.'),
    h('code', { class: 'personal' }, secret),
  );
}

/** A table of objects; the first column opens them.
 * @param {{ caption: string, columns: string[], head: (name: string) => string, rows: any[],
 *   first?: (object: any, content: any) => any }} options */
export function table({ caption, columns, head, rows, first = (_, content) => content }) {
  return h(
    'div',
    { class: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: 'data' },
      h('caption', { class: 'visually-hidden' }, caption),
      h('thead', null, h('tr', null, columns.map((name) => h('th', { scope: 'col' }, head(name))))),
      h(
        'tbody',
        null,
        rows.map((object) =>
          h(
            'tr',
            null,
            columns.map((name, index) =>
              index === 0 ? h('th', { scope: 'row' }, first(object, cell(name, object[name]))) : h('td', null, cell(name, object[name])),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Shows a request in progress in a region, and an error in place of it. `work` returns the content.
 * @param {HTMLElement} region @param {() => Promise<any>} work */
export async function into(region, work) {
  region.setAttribute('aria-busy', 'true');
  try {
    fill(region, await work());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    fill(region, errorBox(error));
  } finally {
    region.removeAttribute('aria-busy');
  }
}
