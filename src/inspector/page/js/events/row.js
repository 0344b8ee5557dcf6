// One row of the timeline.

import { h, plain } from '../dom.js';
import { duration, shortId, shortTarget, slowClass, splitTime, stateBadge } from '../format.js';

export const COLUMNS = [
  { key: 'mark', title: 'Select' },
  { key: 'time', title: 'Time' },
  { key: 'status', title: 'Status' },
  { key: 'type', title: 'Type' },
  { key: 'resource', title: 'Resource' },
  { key: 'target', title: 'Target' },
  { key: 'duration', title: 'Duration' },
  { key: 'id', title: 'Id' },
];

/** @param {any} row @param {{ marked: boolean, limit: number }} context */
export function rowCells(row, { marked, limit }) {
  const targets = row.deliveries.map((/** @type {any} */ delivery) => shortTarget(delivery.target));
  const attempts = Math.max(0, ...row.deliveries.map((/** @type {any} */ delivery) => delivery.attempts));
  const mark = h('input', { type: 'checkbox', checked: marked, tabIndex: -1, class: 'row-mark', 'aria-label': plain(`Select ${row.type ?? 'event'} ${row.id ?? row.key}`) });
  return [
    mark,
    rowTime(row.received_at),
    [stateBadge(row.status, row.status === 'delivered' || row.status === 'failed' ? row.http_status : null),
      attempts > 1 && h('span', { class: 'attempts', title: `${attempts} attempts` }, `×${attempts}`)],
    [h('span', { class: 'type-name' }, row.type ?? '(no type)'), origin(row)],
    row.resource && h('span', { class: 'personal' }, row.resource),
    targets.length > 1 ? h('span', { title: targets.join('\n') }, `${targets[0]} +${targets.length - 1}`) : targets[0],
    durationBar(row.duration_ms, limit),
    h('span', { class: 'personal', title: row.id }, row.id ? shortId(row.id, row.type) : '–'),
  ];
}

/** The day can be left out where there is no room. @param {string} at */
function rowTime(at) {
  const { day, clock } = splitTime(at);
  return h('time', { datetime: at, title: at }, day && h('span', { class: 'day' }, `${day} `), clock);
}

/** @param {any} row */
function origin(row) {
  if (row.origin === 'edited') return h('span', { class: 'badge tag', title: plain(`Edited${row.source_id ? ` from ${row.source_id}` : ''}`) }, 'edited');
  if (row.origin) return h('span', { class: 'badge tag' }, row.origin);
  return null;
}

/** A bar on a logarithmic scale from 10 ms to the limit. @param {number | null} millis @param {number} limit */
function durationBar(millis, limit) {
  if (millis === null || millis === undefined) return h('span', { class: 'muted' }, '–');
  const share = Math.min(1, Math.max(0.02, Math.log10(Math.max(millis, 10) / 10) / Math.log10(limit / 10)));
  return [h('span', { class: 'duration-text' }, duration(millis)),
    h('i', { class: `duration-bar ${slowClass(millis, limit)}`, vars: { '--share': share.toFixed(3) } })];
}
