// The request log, live. Requests of this page are hidden unless they are asked for.

import { fill, h } from '../../dom.js';
import { duration, slowClass, timeElement } from '../../format.js';
import { patch } from '../../route.js';
import { emptyState } from '../../toast.js';
import { streamAddress } from './client.js';
import { errorBox, requestLink } from './common.js';

const LAST = 200;
const SHOWN = 500;
const OWN = /^cstar-inspector/i;
const FILTERS = [
  { name: 'method', hint: 'GET,POST' },
  { name: 'status', hint: '404 or 4xx' },
  { name: 'path', hint: '*/tickets/*' },
];

/** @param {Record<string, string>} params */
export function createLog(params) {
  const rows = h('tbody', null);
  const note = h('div', { class: 'log-note' });
  const state = h('p', { class: 'hint', role: 'status' });
  let present = params;
  /** @type {any[]} newest last */
  let lines = [];
  /** @type {EventSource | null} */
  let source = null;
  let paused = false;
  let frame = 0;

  const draw = () => {
    frame = 0;
    if (paused) return;
    const shown = lines.filter((line) => present.own === '1' || !OWN.test(line.user_agent ?? '')).reverse();
    fill(rows, shown.map(row));
    fill(note, shown.length === 0 && emptyState({ title: 'No requests yet', text: 'Call the API, or change a ticket here and show the requests of this page.' }));
  };

  const open = async () => {
    source?.close();
    lines = [];
    const query = Object.fromEntries(FILTERS.map(({ name }) => [name, present[name] ?? '']));
    try {
      const opened = new EventSource(await streamAddress('logs/stream', { ...query, last: LAST }));
      source?.close();
      source = opened;
      opened.addEventListener('open', () => fill(state, 'Live'));
      opened.addEventListener('log', ({ data }) => {
        const line = JSON.parse(data);
        if (lines.some(({ id }) => id === line.id)) return;
        lines = [...lines, line].slice(-SHOWN);
        frame ||= requestAnimationFrame(draw);
      });
      opened.addEventListener('error', () => {
        // The browser tries again by itself unless the request was refused.
        fill(state, opened.readyState === EventSource.CLOSED ? 'The sandbox refused these filters.' : 'Disconnected, trying again.');
      });
      draw();
    } catch (error) {
      fill(note, errorBox(error));
    }
  };

  const pause = h('button', {
    type: 'button',
    'aria-pressed': 'false',
    onclick: () => {
      paused = !paused;
      pause.setAttribute('aria-pressed', String(paused));
      draw();
    },
  }, 'Pause');
  const own = h('input', {
    type: 'checkbox',
    checked: present.own === '1',
    onchange: () => patch({ own: own.checked ? '1' : null }),
  });
  const inputs = FILTERS.map(({ name, hint }) => {
    const id = `log-${name}`;
    const input = h('input', { id, name, type: 'search', value: present[name] ?? '', placeholder: hint, autocomplete: 'off', onchange: () => patch({ [name]: input.value }) });
    return h('div', { class: 'field filter' }, h('label', { for: id }, name), input);
  });
  void open();

  return {
    element: h(
      'div',
      { class: 'log' },
      h('h2', null, 'Request log'),
      h('form', { class: 'toolbar object-filters', onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, inputs, h('label', { class: 'check' }, own, 'Requests of this page'), pause),
      state,
      h(
        'div',
        { class: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': 'Request log' },
        h(
          'table',
          { class: 'data' },
          h('caption', { class: 'visually-hidden' }, 'Requests, the newest first'),
          h('thead', null, h('tr', null, ['Request', 'Status', 'Time', 'Duration', 'Key', 'Id'].map((name) => h('th', { scope: 'col' }, name)))),
          rows,
        ),
      ),
      note,
    ),
    /** @param {Record<string, string>} next */
    update(next) {
      const same = FILTERS.every(({ name }) => (present[name] ?? '') === (next[name] ?? ''));
      present = next;
      if (same) draw();
      else void open();
    },
    dispose() {
      source?.close();
      cancelAnimationFrame(frame);
    },
  };
}

/** @param {any} line */
function row(line) {
  const { id, time, method, path, status, duration_ms, error_code, key_prefix, user_agent, faults, request_body, response_body } = line;
  const bodies = request_body !== undefined || response_body !== undefined;
  return h(
    'tr',
    { title: user_agent },
    h(
      'th',
      { scope: 'row', class: 'mono' },
      `${method} ${path.replace(/^\/api\/v1\/teams\/[^/]+/, '…')}`,
      bodies && h('details', null, h('summary', null, 'Bodies'), pretty(request_body), pretty(response_body)),
    ),
    h(
      'td',
      null,
      h('span', { class: `badge ${status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'ok'}` }, status),
      error_code && h('div', { class: 'muted' }, error_code),
      faults?.length > 0 && h('div', { class: 'muted' }, `injected: ${faults.join(', ')}`),
    ),
    h('td', null, timeElement(time)),
    h('td', { class: slowClass(duration_ms) }, duration(duration_ms)),
    h('td', { class: 'mono' }, key_prefix && `${key_prefix}…`),
    h('td', null, requestLink(id)),
  );
}

/** @param {any} body */
function pretty(body) {
  if (body === undefined || body === null) return null;
  return h('pre', { class: 'personal', tabIndex: 0 }, typeof body === 'string' ? body : JSON.stringify(body, null, 2));
}
