// How the deliveries are doing: events per minute, success, durations against the limit, breaks of the stream, and what
// waits.

import { get } from '../api.js';
import { fill, h } from '../dom.js';
import { count, plural, shortTarget, timeElement, timeOf } from '../format.js';
import { subscribe } from '../live.js';
import { address, patch } from '../route.js';
import { emptyState, errorState } from '../toast.js';
import { minutesChart } from './health/minutes_chart.js';
import { typesTable } from './health/types_table.js';

const HOUR = 3_600_000;
/** @type {Record<string, { title: string, span: number | null }>} */
const RANGES = {
  '15m': { title: '15 minutes', span: HOUR / 4 },
  '1h': { title: '1 hour', span: HOUR },
  '6h': { title: '6 hours', span: 6 * HOUR },
  '1d': { title: '1 day', span: 24 * HOUR },
  all: { title: 'Everything', span: null },
};
const DEFAULT_RANGE = '1h';
/** At most one request in this time, however many events arrive. */
const PAUSE = 1000;
/** The time moves on also without events. */
const TICK = 15_000;

/** @type {any} */
let page = null;

/** @param {HTMLElement} root @param {Record<string, string>} params @param {any} config */
async function mount(root, params, config) {
  const limit = config?.limit_ms ?? 10_000;
  const content = h('div', { class: 'health-content' });
  const buttons = Object.entries(RANGES).map(([name, { title }]) =>
    h('button', { type: 'button', 'data-range': name, onclick: () => patch({ range: name === DEFAULT_RANGE ? null : name }) }, title),
  );
  let range = '';
  /** @type {any} */
  let timer = 0;
  let last = '';

  const load = async () => {
    const wanted = range;
    const now = Date.now();
    const { span } = RANGES[range];
    try {
      const since = span === null ? undefined : new Date(now - span).toISOString();
      const stats = await get('stats', { since });
      if (wanted !== range || !root.isConnected) return;
      // What is open or focused stays so as long as nothing changed.
      const text = JSON.stringify([stats, range, Math.floor(now / 60_000)]);
      if (text === last) return;
      last = text;
      keepOpen(content, () => fill(content, sections(stats, span === null ? null : now - span, now, limit)));
    } catch (error) {
      last = '';
      if (wanted === range) fill(content, errorState(error, () => void load()));
    }
  };
  const soon = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      void load();
    }, PAUSE);
  };
  const tick = setInterval(() => document.hidden || soon(), TICK);
  const unsubscribe = subscribe({ events: soon, updates: soon, reset: soon, state: soon });

  const show = (/** @type {Record<string, string>} */ next) => {
    range = next.range in RANGES ? next.range : DEFAULT_RANGE;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.range === range));
    return load();
  };

  fill(
    root,
    h('div', { class: 'page health' }, h('div', { class: 'head-row' }, h('h1', null, 'Health'), h('div', { class: 'segments', role: 'group', 'aria-label': 'Time range' }, buttons)), content),
  );
  page = {
    show,
    dispose() {
      clearTimeout(timer);
      clearInterval(tick);
      unsubscribe();
    },
  };
  await show(params);
}

/** Draws again and keeps what the user opened. @param {HTMLElement} element @param {() => void} draw */
function keepOpen(element, draw) {
  const isOpen = [...element.querySelectorAll('details')].map(({ open }) => open);
  draw();
  element.querySelectorAll('details').forEach((details, index) => (details.open = isOpen[index] ?? false));
}

/** @param {any} stats @param {number | null} from @param {number} now @param {number} limit */
function sections(stats, from, now, limit) {
  const { minutes = [], connection = [], waiting = [], types = [] } = stats;
  const nothing = stats.total === 0 && connection.length === 0;
  const begin = from ?? Math.min(now - HOUR / 4, ...minutes.slice(0, 1).map((/** @type {any} */ one) => Date.parse(one.at)), ...minutes.slice(-1).map((/** @type {any} */ one) => Date.parse(one.at)));
  return [
    tiles(stats, waiting),
    waiting.length > 0 && waitingTable(waiting),
    nothing ? emptyState({ title: 'No events in this time', text: 'Send one with `cstar trigger ticket.created`.' }) : minutesChart(minutes, connection, begin, now),
    types.length > 0 && typesTable(types, limit),
    connection.length > 0 && connectionTable(connection),
  ];
}

/** @param {any} stats @param {any[]} waiting */
function tiles({ total, failed, success_rate }, waiting) {
  const queued = waiting.reduce((sum, one) => sum + one.count, 0);
  const rate = success_rate === null || success_rate === undefined ? '–' : `${(Math.floor(success_rate * 1000) / 10).toLocaleString('en-GB')} %`;
  const tile = (/** @type {string} */ name, /** @type {any} */ value, kind = '') => h('div', { class: `tile ${kind}` }, h('dt', null, name), h('dd', null, value));
  return h(
    'dl',
    { class: 'tiles' },
    tile('Events', count(total)),
    tile('Success rate', rate, success_rate !== null && success_rate < 1 ? 'bad' : 'ok'),
    tile('Failed', failed ? h('a', { href: address('events', { status: 'failed' }) }, count(failed)) : '0', failed ? 'bad' : ''),
    tile('Waiting', count(queued), queued ? 'warn' : ''),
  );
}

/** @param {any[]} waiting */
function waitingTable(waiting) {
  return h(
    'section',
    { class: 'panel', 'aria-label': 'What waits and why' },
    h('h2', null, 'What waits and why'),
    h(
      'ul',
      { class: 'waiting' },
      waiting.map(({ target, count: many, reason, since }) =>
        h('li', null, h('strong', null, plural(many, 'delivery', 'deliveries')), ' to ', h('code', null, shortTarget(target)), since && [' since ', timeElement(since)], reason && `: ${reason}`),
      ),
    ),
  );
}

/** @param {any[]} connection */
function connectionTable(connection) {
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Connection' },
    h('h2', null, 'Connection'),
    h(
      'ul',
      { class: 'connection' },
      connection.slice(0, 100).map(({ at, kind, reason, since }) =>
        h('li', null, timeElement(at), ' ', kind, since && `, since ${timeOf(since)}`, reason && `: ${reason}`),
      ),
    ),
  );
}

export default {
  title: 'Health',
  mount,
  /** @param {Record<string, string>} params */
  update: (params) => void page?.show(params),
  unmount() {
    page?.dispose();
    page = null;
  },
};
