// The events that are selected for replay.

import { fill, h } from '../dom.js';
import { count } from '../format.js';
import { replayEvents, targetsOf } from '../event/actions.js';

export class Marks {
  /** @param {any} config @param {() => void} changed */
  constructor(config, changed) {
    this.count = h('strong', { role: 'status' });
    /** What is above the list while events are selected. */
    this.bar = h('div', { class: 'bar-part', hidden: true },
      this.count,
      h('button', { class: 'primary', onclick: () => void replayEvents(this.keys(), config, { targets: this.targets }) }, 'Replay'),
      h('button', { onclick: () => void replayEvents(this.keys(), config, { choose: true, targets: this.targets }) }, 'Replay to …'),
      h('button', { class: 'ghost', onclick: () => this.clear() }, 'Clear selection'));
    this.changed = () => {
      fill(this.count, `${count(this.size)} selected`);
      changed();
    };
    /** The targets of each event. @type {Map<number, string[]>} */
    this.set = new Map();
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
    return [...this.set.keys()].sort((a, b) => a - b);
  }

  get targets() {
    return [...new Set([...this.set.values()].flat())];
  }

  /** @param {any} row */
  toggle(row) {
    if (!this.set.delete(row.key)) this.set.set(row.key, targetsOf(row));
    this.changed();
  }

  /** @param {any[]} rows */
  addAll(rows) {
    for (const row of rows) this.set.set(row.key, targetsOf(row));
    this.changed();
  }

  clear() {
    this.set.clear();
    this.changed();
  }
}
