// Events per minute as bars, with the breaks of the connection, and the same as a table.

import { h, svg } from '../../dom.js';
import { count, plural, timeOf } from '../../format.js';
import { bucketsOf, ceiling } from './buckets.js';

const WIDTH = 900;
const HEIGHT = 200;
const LEFT = 40;
const BOTTOM = 24;
const TOP = 14;

/** @param {import('./buckets.js').Minute[]} minutes @param {any[]} connection @param {number} from @param {number} to */
export function minutesChart(minutes, connection, from, to) {
  const { buckets, step } = bucketsOf(minutes, from, to);
  const first = buckets[0].from;
  const last = buckets[buckets.length - 1].to;
  const top = ceiling(Math.max(...buckets.map(({ received, delivered, failed }) => Math.max(received, delivered + failed))));
  const x = (/** @type {number} */ at) => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const unit = step === 1 ? 'minute' : step < 60 ? `${step} minutes` : step === 60 ? 'hour' : `${step / 60} hours`;
  const title = `Events per ${unit}`;
  const breaks = connection.filter(({ at }) => Date.parse(at) >= first);

  const chart = svg(
    'svg',
    { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}: ${summary(buckets)}. The table below has the numbers.` },
    [0, top / 2, top].map((value) => [
      svg('line', { class: 'chart-grid', x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
      svg('text', { class: 'chart-label', x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, count(value)),
    ]),
    buckets.map((bucket) => bar(bucket, x, y)),
    breaks.map((one) => connectionMark(one, x)),
    ticks(buckets).map(({ from: at }) => svg('text', { class: 'chart-label', x: x(at), y: HEIGHT - 6 }, clock(at, last - first))),
  );
  return h(
    'figure',
    { class: 'panel' },
    h('figcaption', null, h('h2', null, title), legend(breaks.length > 0)),
    h('div', { class: 'chart-scroll' }, chart),
    numbers(buckets, unit),
  );
}

/** @param {import('./buckets.js').Bucket} bucket @param {(at: number) => number} x @param {(value: number) => number} y */
function bar({ from, to, received, delivered, failed }, x, y) {
  if (received + delivered + failed === 0) return null;
  const width = Math.max(1, x(to) - x(from) - 1.5);
  const other = Math.max(0, received - delivered - failed);
  let base = 0;
  const parts = [
    ['ok', delivered],
    ['quiet', other],
    ['bad', failed],
  ].map(([name, value]) => {
    const rect = Number(value) > 0 && svg('rect', { class: `bar-${name}`, x: x(from) + 0.5, width, y: y(base + Number(value)), height: y(base) - y(base + Number(value)) });
    base += Number(value);
    return rect;
  });
  const words = `${timeOf(new Date(from).toISOString())}: ${plural(received, 'event')}, ${count(delivered)} delivered, ${count(failed)} failed`;
  return svg('g', null, svg('title', null, words), ...parts);
}

/** A break of the stream; a gap, in which events may be missing, has its own mark. @param {any} one
 * @param {(at: number) => number} x */
function connectionMark({ at, kind, reason }, x) {
  const place = x(Date.parse(at));
  const gap = /gap|missed/.test(kind);
  return svg(
    'g',
    { class: gap ? 'mark-gap' : 'mark-break' },
    svg('title', null, `${timeOf(at)}: ${kind}${reason ? `, ${reason}` : ''}`),
    svg('line', { x1: place, x2: place, y1: TOP, y2: HEIGHT - BOTTOM }),
    gap
      ? svg('path', { d: `M${place - 5} 2h10l-5 9z` })
      : svg('circle', { cx: place, cy: 7, r: 4 }),
  );
}

/** About six labels. @param {import('./buckets.js').Bucket[]} buckets */
function ticks(buckets) {
  const every = Math.max(1, Math.ceil(buckets.length / 6));
  return buckets.filter((_, index) => index % every === 0 && index < buckets.length - every / 3);
}

/** @param {number} at @param {number} span */
function clock(at, span) {
  const date = new Date(at);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  return span > 36 * 3_600_000 ? `${date.getDate()}/${date.getMonth() + 1} ${time}` : time;
}

/** @param {boolean} broken */
function legend(broken) {
  const item = (/** @type {string} */ name, /** @type {string} */ text) => h('span', { class: `legend legend-${name}` }, text);
  return h('p', { class: 'legends' }, item('ok', 'delivered'), item('bad', 'failed'), item('quiet', 'waiting or skipped'), broken && [item('break', 'disconnected'), item('gap', 'events may be missing')]);
}

/** @param {import('./buckets.js').Bucket[]} buckets */
function summary(buckets) {
  const sum = (/** @type {'received' | 'delivered' | 'failed'} */ name) => buckets.reduce((total, bucket) => total + bucket[name], 0);
  return `${plural(sum('received'), 'event')}, ${count(sum('delivered'))} delivered, ${count(sum('failed'))} failed`;
}

/** @param {import('./buckets.js').Bucket[]} buckets @param {string} unit */
function numbers(buckets, unit) {
  const rows = buckets.filter(({ received, delivered, failed }) => received + delivered + failed > 0).reverse();
  return h(
    'details',
    null,
    h('summary', null, 'As a table'),
    h(
      'div',
      { class: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': `Events per ${unit}` },
      h(
        'table',
        { class: 'data' },
        h('caption', { class: 'visually-hidden' }, `Events per ${unit}, the newest first`),
        h('thead', null, h('tr', null, ['From', 'Events', 'Delivered', 'Failed'].map((name) => h('th', { scope: 'col' }, name)))),
        h(
          'tbody',
          null,
          rows.map(({ from, received, delivered, failed }) =>
            h('tr', null, h('th', { scope: 'row' }, timeOf(new Date(from).toISOString())), [received, delivered, failed].map((value) => h('td', null, count(value)))),
          ),
        ),
      ),
    ),
  );
}
