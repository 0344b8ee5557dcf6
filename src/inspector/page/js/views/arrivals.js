// The newest events with the answers of the handler, live, beside a form: what a request caused. The whole list and
// all details are in the timeline.

import { get } from '../api.js';
import { fill, h } from '../dom.js';
import { duration, shortTarget, slowClass, stateBadge, timeElement } from '../format.js';
import { subscribe } from '../live.js';
import { address } from '../route.js';

const SHOWN = 30;

/**
 * @typedef {{ ids?: string[], resource?: string | null, since?: number }} Cause what the user has just done
 * @param {{ title?: string, empty: string }} options
 */
export function createArrivals({ title = 'Events and answers', empty }) {
  /** @type {Map<number, { summary: any, row: ReturnType<typeof createRow> }>} newest last */
  const rows = new Map();
  const list = h('ol', { class: 'arrivals-list', reversed: true });
  const note = h('p', { class: 'state' }, empty);
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  const element = h(
    'section',
    { class: 'arrivals', 'aria-label': title },
    h('h2', null, title, ' ', h('a', { class: 'all-link', href: address('events') }, 'all events')),
    status,
    note,
    list,
  );
  /** @type {Cause} */
  let cause = {};
  let onArrival = () => {};
  let frame = 0;

  /** @param {any} summary */
  const isCaused = ({ id, resource, received_at }) =>
    Boolean(cause.ids?.includes(id)) ||
    Boolean(cause.resource && cause.resource === resource && Date.parse(received_at) >= (cause.since ?? 0));

  /** @param {any[]} summaries */
  const take = (summaries) => {
    for (const summary of summaries) {
      const present = rows.get(summary.key);
      if (present) {
        present.summary = summary;
      } else {
        rows.set(summary.key, { summary, row: createRow(summary.key) });
      }
    }
    // The order of the keys is the order of arrival.
    const keys = [...rows.keys()].sort((a, b) => a - b);
    keys.slice(0, -SHOWN).forEach((key) => rows.delete(key));
    frame ||= requestAnimationFrame(draw);
  };

  const draw = () => {
    frame = 0;
    note.hidden = rows.size > 0;
    const all = [...rows.values()].sort((a, b) => b.summary.key - a.summary.key);
    const caused = all.filter(({ summary }) => isCaused(summary));
    for (const { summary, row } of all) row.draw(summary, caused.some((one) => one.summary === summary));
    const elements = all.map(({ row }) => row.element);
    // Moving an element closes nothing and keeps the focus only if it is not taken out, so the list changes only
    // when its rows did.
    if (elements.length !== list.children.length || elements.some((one, index) => list.children[index] !== one)) {
      place(list, elements);
    }
    const [newest] = caused;
    if (newest) {
      status.textContent = `${newest.summary.type}: ${answerText(newest.summary)}`;
      onArrival();
    }
  };

  const load = async () => {
    try {
      const { events } = await get('events', { limit: SHOWN });
      take(events);
    } catch {
      // The stream reports that the server is away, and resets when it is back.
    }
  };

  const unsubscribe = subscribe({
    events: (events) => take(events.slice(-SHOWN)),
    updates: (events) => take(events.filter(({ key }) => rows.has(key))),
    reset: () => void load(),
    // What happened between the first answer and the stream is in neither of them.
    state: (state) => state === 'live' && void load(),
  });
  void load();

  return {
    element,
    /** Marks the events of what the user has just done; `arrived` is called when there is one.
     * @param {Cause} next @param {() => void} [arrived] */
    expect(next, arrived = () => {}) {
      cause = next;
      onArrival = arrived;
      status.textContent = '';
      frame ||= requestAnimationFrame(draw);
    },
    dispose() {
      unsubscribe();
      cancelAnimationFrame(frame);
    },
  };
}

/** Puts the rows in order without taking out those that stay, because that would drop the focus.
 * @param {HTMLElement} list @param {HTMLElement[]} elements */
function place(list, elements) {
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(/** @type {any} */ (child))) child.remove();
  elements.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
}

/** The answers of all targets in words. @param {any} summary */
export function answerText({ deliveries = [], skipped }) {
  if (skipped) return `not delivered: ${skipped}`;
  if (!deliveries.length) return 'no target';
  return deliveries
    .map((/** @type {any} */ one) => `${one.status}${one.last_status ? `, HTTP ${one.last_status}` : ''}`)
    .join('; ');
}

/** @param {number} key */
function createRow(key) {
  const head = h('summary', null);
  const body = h('div', { class: 'arrival-body' });
  const details = h('details', null, head, body);
  const element = h('li', { class: 'arrival', 'data-key': key }, details);
  let drawn = '';
  let loaded = '';

  const load = async () => {
    if (!details.open || loaded === drawn) return;
    const version = drawn;
    try {
      const event = await get(`events/${key}`);
      loaded = version;
      fill(body, ...detail(event));
    } catch (error) {
      fill(body, h('p', { class: 'error' }, /** @type {Error} */ (error).message));
    }
  };
  details.addEventListener('toggle', load);

  return {
    element,
    /** @param {any} summary @param {boolean} caused */
    draw(summary, caused) {
      element.classList.toggle('caused', caused);
      const next = JSON.stringify([summary.status, summary.deliveries, caused]);
      if (next === drawn) return;
      drawn = next;
      fill(
        head,
        h('span', { class: 'arrival-type' }, summary.type),
        caused && h('span', { class: 'badge quiet' }, 'yours'),
        timeElement(summary.received_at),
        answers(summary),
      );
      void load();
    },
  };
}

/** @param {any} summary */
function answers({ deliveries = [], skipped, status }) {
  if (!deliveries.length) return h('span', { class: 'arrival-answer' }, stateBadge(skipped ? 'skipped' : status), skipped);
  return deliveries.map((/** @type {any} */ one) =>
    h(
      'span',
      { class: 'arrival-answer' },
      stateBadge(one.status, one.last_status),
      h('span', { class: slowClass(one.last_duration_ms ?? 0) }, duration(one.last_duration_ms)),
      h('span', { class: 'arrival-target' }, shortTarget(one.target)),
      one.last_status === null && one.last_reason && h('span', { class: 'arrival-reason' }, one.last_reason),
    ),
  );
}

/** The body of an event and the last answer of each target. @param {any} event */
function detail(event) {
  const last = new Map(event.attempts.map((/** @type {any} */ attempt) => [attempt.target, attempt]));
  return [
    h('h3', null, 'Body'),
    h('pre', { tabIndex: 0 }, pretty(event.body)),
    ...[...last.values()].flatMap((attempt) => [
      h('h3', null, `Answer of ${shortTarget(attempt.target)}: `, attempt.status ?? attempt.reason ?? attempt.outcome),
      attempt.response_body && h('pre', { tabIndex: 0 }, attempt.response_body),
    ]),
    h('p', null, h('a', { href: address('events', { sel: event.key }) }, 'Open this event')),
  ];
}

/** JSON with line breaks; other text as it is. @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
