// How long the handler takes, by type, against the limit of cStar. The numbers are a table; the bars repeat them.

import { h, svg } from '../../dom.js';
import { count, duration, slowClass } from '../../format.js';
import { address } from '../../route.js';
import { onAxis } from './buckets.js';

const WIDTH = 300;
const MARKS = [1, 10, 100, 1000];

/** @param {any[]} types @param {number} limit in milliseconds */
export function typesTable(types, limit) {
  const place = (/** @type {number} */ millis) => 4 + onAxis(millis) * (WIDTH - 8);
  const heads = ['Type', 'Events', 'Failed', 'p50', 'p95', 'Longest', `Over ${limit / 1000} s`];
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Duration by type' },
    h('h2', null, 'Duration by type'),
    h('p', { class: 'hint' }, `The bar reaches from p50 to p95, the tick is the longest attempt. cStar waits ${limit / 1000} s for an answer, the red line.`),
    h(
      'div',
      { class: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': 'Duration by type' },
      h(
        'table',
        { class: 'data types' },
        h('thead', null, h('tr', null, heads.map((name) => h('th', { scope: 'col' }, name)), h('td', { class: 'axis-head', 'aria-hidden': 'true' }, axis(place, limit)))),
        h(
          'tbody',
          null,
          types.map((one) =>
            h(
              'tr',
              null,
              h('th', { scope: 'row' }, h('a', { href: address('events', { type: one.type }) }, one.type)),
              h('td', null, count(one.count)),
              h('td', { class: one.failed ? 'bad' : null }, count(one.failed)),
              [one.p50_ms, one.p95_ms, one.max_ms].map((millis) => h('td', { class: slowClass(millis ?? 0, limit) }, duration(millis))),
              h('td', { class: one.over_10s ? 'bad' : null }, count(one.over_10s ?? 0)),
              h('td', { class: 'axis-cell', 'aria-hidden': 'true' }, bar(one, place, limit)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {(millis: number) => number} place @param {number} limit */
function axis(place, limit) {
  return svg(
    'svg',
    { class: 'type-bar', viewBox: `0 0 ${WIDTH} 18`, width: WIDTH, height: 18 },
    MARKS.map((millis) => svg('text', { class: 'chart-label', x: place(millis), y: 13, 'text-anchor': millis === 1 ? 'start' : 'middle' }, millis < 1000 ? `${millis} ms` : `${millis / 1000} s`)),
    svg('text', { class: 'chart-label limit-label', x: place(limit), y: 13, 'text-anchor': 'middle' }, `${limit / 1000} s`),
  );
}

/** @param {any} type @param {(millis: number) => number} place @param {number} limit */
function bar({ p50_ms, p95_ms, max_ms }, place, limit) {
  const known = p50_ms !== null && p50_ms !== undefined;
  return svg(
    'svg',
    { class: 'type-bar', viewBox: `0 0 ${WIDTH} 18`, width: WIDTH, height: 18 },
    MARKS.map((millis) => svg('line', { class: 'chart-grid', x1: place(millis), x2: place(millis), y1: 0, y2: 18 })),
    svg('line', { class: 'limit-line', x1: place(limit), x2: place(limit), y1: 0, y2: 18 }),
    known && [
      svg('line', { class: 'type-range', x1: place(p50_ms), x2: place(max_ms), y1: 9, y2: 9 }),
      svg('rect', { class: p95_ms >= limit ? 'bar-bad' : p95_ms > 1000 ? 'bar-warn' : 'bar-ok', x: place(p50_ms), width: Math.max(3, place(p95_ms) - place(p50_ms)), y: 4, height: 10, rx: 2 }),
      svg('line', { class: 'type-longest', x1: place(max_ms), x2: place(max_ms), y1: 3, y2: 15 }),
    ],
  );
}
