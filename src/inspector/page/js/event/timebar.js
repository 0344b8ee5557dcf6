// All attempts of an event, one line each: when it began, how long it took against the limit, how it ended.

import { h, svg } from '../dom.js';
import { duration, shortTarget, slowClass, stateBadge } from '../format.js';

const SHOWN = 12;
const WIDTH = 400;

/** The position of a duration. The scale is a square root, so that 20 ms and 10 s are both visible.
 * @param {number} millis @param {number} limit */
const position = (millis, limit) => Math.min(1, Math.sqrt(millis / (limit * 1.25))) * WIDTH;

/** @param {any} event @param {number} limit */
export function timeBar(event, limit) {
  if (event.skipped ?? event.receptions?.at(-1)?.skipped) {
    return h('p', { class: 'timebar-empty muted' }, `Skipped: ${event.skipped ?? event.receptions.at(-1).skipped}`);
  }
  if (!event.attempts.length) {
    const waiting = event.deliveries.map((/** @type {any} */ delivery) => delivery.last_reason ?? delivery.target_down_reason).filter(Boolean);
    return h('p', { class: 'timebar-empty muted' }, event.deliveries.length ? `Waiting for delivery${waiting.length ? `: ${waiting[0]}` : ''}` : 'Not delivered: there was no target.');
  }
  const received = Date.parse(event.received_at);
  const hidden = Math.max(0, event.attempts.length - SHOWN);
  const list = h('ol', { class: 'timebar', start: hidden + 1 });
  const draw = (/** @type {any[]} */ attempts) => list.replaceChildren(...attempts.map((attempt) => line(attempt, received, limit, event.deliveries.length > 1)));
  draw(event.attempts.slice(hidden));
  const all = hidden > 0 && h('button', { class: 'ghost small', onclick: (/** @type {any} */ click) => { draw(event.attempts); click.currentTarget.remove(); } }, `Show ${hidden} earlier attempts`);
  return h('div', { class: 'timebar-box' }, all, list, scale(limit));
}

/** @param {any} attempt @param {number} received @param {number} limit @param {boolean} named */
function line(attempt, received, limit, named) {
  const after = Date.parse(attempt.started_at) - received;
  const state = attempt.outcome === 'delivered' ? 'delivered' : 'failed';
  const refused = attempt.outcome === 'refused';
  const width = Math.max(2, position(attempt.duration_ms, limit));
  const bar = svg('svg', { class: 'timebar-bar', viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    // Refused connections were tried again and again; no answer was waited for, so the limit does not apply.
    refused
      ? svg('rect', { class: 'bar-fill refused', x: 0, y: 5, width, height: 2 })
      : svg('rect', { class: `bar-fill ${state} ${slowClass(attempt.duration_ms, limit)}`, x: 0, y: 2, width, height: 8, rx: 2 }),
    svg('line', { class: 'bar-limit', x1: position(limit, limit), x2: position(limit, limit), y1: 0, y2: 12 }));
  const again = attempt.repeats > 1 ? `, tried ${attempt.repeats} times` : '';
  return h('li', { class: 'timebar-line' },
    h('span', { class: 'timebar-number' }, refused ? '–' : `#${attempt.attempt}`),
    h('span', { class: 'timebar-start', title: attempt.started_at }, after < 1 ? '+0 ms' : `+${duration(after)}`),
    bar,
    h('span', { class: 'timebar-took' }, duration(attempt.duration_ms)),
    stateBadge(state, attempt.status ?? '–'),
    h('span', { class: 'timebar-reason' }, named && `${shortTarget(attempt.target)} `, attempt.reason && `${attempt.reason}${again}`));
}

/** @param {number} limit */
function scale(limit) {
  const marks = [100, 1000, limit];
  return h('div', { class: 'timebar-scale', 'aria-hidden': 'true' },
    h('span', { class: 'timebar-ticks' }, marks.map((mark) => h('span', { class: mark === limit ? 'tick limit' : 'tick', vars: { '--at': `${(position(mark, limit) / WIDTH) * 100}%` } }, mark === limit ? `${limit / 1000} s limit` : duration(mark)))));
}
