// Where the connection was lost, drawn between the rows of the timeline.

import { h } from '../dom.js';
import { duration, timeOf } from '../format.js';
import { get } from '../api.js';

export class Gaps {
  constructor() {
    /** Newest first. @type {{ at: string, kind: string, reason: string, since: string | null, time: number }[]} */
    this.list = [];
  }

  async load() {
    const { connection } = await get('stats', { since: '1d' });
    this.list = connection.map((/** @type {any} */ item) => ({ ...item, time: Date.parse(item.at) })).reverse();
    this.list.sort((a, b) => b.time - a.time);
  }

  /** @param {any} row @param {any} older */
  find(row, older) {
    if (!this.list.length || !older) return [];
    const to = Date.parse(row.received_at);
    const from = Date.parse(older.received_at);
    return this.list.filter((item) => item.time > from && item.time <= to);
  }

  /** @param {any} row @param {any} older */
  isBetween(row, older) {
    return this.find(row, older).length > 0;
  }

  /** What happened between a row and the next older one. @param {any} row @param {any} older */
  between(row, older) {
    const found = this.find(row, older);
    if (!found.length) return null;
    const [item] = found;
    const lasted = item.since ? ` after ${duration(item.time - Date.parse(item.since))}` : '';
    const what = item.kind === 'gap' ? 'Gap' : 'Reconnected';
    const more = found.length > 1 ? ` (+${found.length - 1})` : '';
    return h('span', { class: `gap ${item.kind}`, 'aria-hidden': 'true', title: `${what} at ${timeOf(item.at, true)}: ${item.reason}` },
      h('span', { class: 'gap-text' }, `${what}${item.kind === 'gap' ? '' : lasted}${more}: ${item.reason}`));
  }
}
