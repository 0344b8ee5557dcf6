// The events that are selected for replay.

import { h } from '../dom.js';
import { count } from '../format.js';
import { replayEvents } from '../event/actions.js';

export class Marks {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {Set<number>} */
    this.set = new Set();
  }

  get size() {
    return this.set.size;
  }

  /** @param {number} key */
  has(key) {
    return this.set.has(key);
  }

  /** The oldest first, which is the order in which they are sent. */
  keys() {
    return [...this.set].sort((a, b) => a - b);
  }

  /** @param {{ key: number }} row */
  toggle(row) {
    if (!this.set.delete(row.key)) this.set.add(row.key);
    this.changed();
  }

  /** @param {{ key: number }[]} rows */
  addAll(rows) {
    for (const row of rows) this.set.add(row.key);
    this.changed();
  }

  clear() {
    this.set.clear();
    this.changed();
  }

  /** What the bar above the list shows while events are selected. @param {any} config */
  bar(config) {
    return [
      h('strong', { role: 'status' }, `${count(this.size)} selected`),
      h('button', { class: 'primary', onclick: () => void replayEvents(this.keys(), config) }, 'Replay'),
      h('button', { onclick: () => void replayEvents(this.keys(), config, { choose: true }) }, 'Replay to …'),
      h('button', { class: 'ghost', onclick: () => this.clear() }, 'Clear selection'),
    ];
  }
}
