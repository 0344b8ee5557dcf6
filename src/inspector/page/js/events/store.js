// The rows of the timeline. The history can hold far more events than a page should, so this keeps a window: pages of
// rows that were asked for, and the events that arrived since. The list is pinned with `up_to`, so that offsets stay
// true while events arrive, and the server keeps its keys, so that a page needs no search. Only the server knows which
// new events match. The first rows of a search are shown as soon as they are found; their number comes after them.

import { get } from '../api.js';
import { firstPage, PAGE, wholeList } from './query.js';

/** 20 pages of 200 rows. */
const KEPT_PAGES = 20;
const KEPT_NEW = 1000;
const MOST_LOADING = 3;
/** Rows around those in view that are loaded before they are needed. */
const AHEAD = PAGE / 2;
/** Between two requests for new events. */
const PAUSE = 300;

/** `added`: how many rows are new at the top. `reset`: the list is another one. `counted`: its length is known now.
 * `rows`: rows that were loaded.
 * @typedef {{ added?: number, reset?: boolean, counted?: boolean, rows?: any[] }} Change */

export class EventStore {
  /** @param {{ changed: (change: Change) => void, failed: (error: unknown) => void }} listener */
  constructor(listener) {
    this.listener = listener;
    /** @type {Record<string, any>} */
    this.filters = {};
    /** @type {Set<number>} */
    this.loading = new Set();
    /** @type {AbortController | undefined} */
    this.control = undefined;
    this.loaded = false;
    /** How many lists are being fetched. */
    this.fetching = 0;
    /** What the stream brought meanwhile: changed events. @type {any[]} */
    this.late = [];
    /** And whether new ones, or anything, may be missing. @type {'' | 'new' | 'all'} */
    this.missed = '';
    this.clear();
  }

  clear() {
    /** Newest first. @type {any[]} */
    this.head = [];
    /** The last used is last. @type {Map<number, any[]>} */
    this.pages = new Map();
    this.total = 0;
    /** Whether there may be more than `total`. */
    this.isCounting = false;
    /** Done when they are counted. @type {Promise<void>} */
    this.counted = Promise.resolve();
    /** The name of the pinned list on the server. @type {string | null} */
    this.kept = null;
    /** The newest key of the pinned list. @type {number | null} */
    this.pin = null;
    /** The newest key that is known. @type {number | null} */
    this.newest = null;
    this.loading = new Set();
    this.asking = false;
    this.askAgain = false;
    this.restarting = false;
  }

  get length() {
    return this.head.length + this.total;
  }

  get isFiltered() {
    return Object.values(this.filters).some(Boolean);
  }

  /** Starts a new list. The old one stays until the answer is there. @param {Record<string, any>} filters */
  async open(filters) {
    this.control?.abort();
    const control = new AbortController();
    this.control = control;
    const first = await this.fetch(firstPage(filters), control.signal);
    if (control.signal.aborted) return;
    this.begin(filters, first);
    if (first.total === null) this.counted = this.searchRest(control);
    this.listener.changed({ reset: true, rows: first.events });
    this.catchUp();
  }

  /** Counts what the first page leaves out. @param {AbortController} control */
  async searchRest(control) {
    const { loading } = this;
    this.isCounting = true;
    try {
      const whole = await this.fetch(wholeList(this.filters, this.pin), control.signal);
      // Meanwhile the list may have begun again.
      if (control.signal.aborted || this.loading !== loading) return;
      this.total = whole.total;
      this.kept = whole.list;
      this.pages.set(0, whole.events);
      this.isCounting = false;
      this.listener.changed({ counted: true, rows: whole.events });
      this.catchUp();
    } catch (error) {
      if (!control.signal.aborted) this.listener.failed(error);
    }
  }

  /** Replaces the rows by the first page of a list. @param {Record<string, any>} filters @param {any} first */
  begin(filters, first) {
    this.clear();
    this.filters = filters;
    this.total = first.total ?? first.events.length;
    this.kept = first.list;
    this.pin = first.newest;
    this.newest = first.newest;
    this.pages.set(0, first.events);
  }

  /** A list, during which the stream may bring what that list does not have yet. @param {Record<string, any>} query
   * @param {AbortSignal | undefined} signal */
  async fetch(query, signal) {
    this.fetching += 1;
    try {
      return await get('events', query, signal);
    } finally {
      this.fetching -= 1;
    }
  }

  /** After a list: what the stream brought meanwhile. */
  catchUp() {
    this.loaded = true;
    const { late, missed } = this;
    this.late = [];
    this.missed = '';
    if (missed === 'all') this.restart();
    else if (missed === 'new') void this.ask();
    if (late.length) this.update(late);
  }

  /** The stream begins: what happened between the list and its begin is asked for. */
  resync() {
    if (this.loaded && !this.fetching) this.restart();
    else this.missed = 'all';
  }

  /** @param {number} index */
  at(index) {
    if (index < this.head.length) return this.head[index];
    const offset = index - this.head.length;
    return this.pages.get(Math.floor(offset / PAGE))?.[offset % PAGE];
  }

  /** Loads what is missing between two indexes. @param {number} from @param {number} to */
  ensure(from, to) {
    this.loadBetween(from, to);
    // What is near comes last, so that it delays nothing that is in view.
    if (!this.loading.size) this.loadBetween(from - AHEAD, to + AHEAD);
  }

  /** @param {number} from @param {number} to */
  loadBetween(from, to) {
    const start = Math.max(0, from - this.head.length);
    const end = Math.min(this.total, to - this.head.length + 1);
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page += 1) {
      const kept = this.pages.get(page);
      if (kept) {
        this.pages.delete(page);
        this.pages.set(page, kept);
      } else if (!this.loading.has(page) && this.loading.size < MOST_LOADING) {
        // When a page has arrived the list draws again, and asks for what it still needs.
        void this.load(page);
      }
    }
  }

  /** @param {number} page */
  async load(page) {
    const { control, loading } = this;
    loading.add(page);
    try {
      const answer = await get('events', { ...this.filters, limit: PAGE, offset: page * PAGE, up_to: this.pin, list: this.kept }, control?.signal);
      if (this.loading !== loading) return;
      this.pages.set(page, answer.events);
      while (this.pages.size > KEPT_PAGES) this.pages.delete(/** @type {number} */ (this.pages.keys().next().value));
      this.listener.changed({ rows: answer.events });
    } catch (error) {
      if (!control?.signal.aborted) this.listener.failed(error);
    } finally {
      loading.delete(page);
    }
  }

  /** The index of a loaded row, or -1. @param {number} key */
  indexOf(key) {
    const inHead = this.head.findIndex((row) => row.key === key);
    if (inHead >= 0) return inHead;
    for (const [page, rows] of this.pages) {
      const at = rows.findIndex((row) => row.key === key);
      if (at >= 0) return this.head.length + page * PAGE + at;
    }
    return -1;
  }

  /** The index of any row, or -1 if the filters leave it out. @param {number} key */
  async locate(key) {
    const known = this.indexOf(key);
    if (known >= 0 || this.pin === null || key > this.pin) return known;
    await this.counted;
    const { events, total } = await get('events', { ...this.filters, limit: 1, up_to: key, list: this.kept }, this.control?.signal);
    return events[0]?.key === key ? this.head.length + this.total - total : -1;
  }

  /** New events of the stream, oldest first. @param {any[]} list */
  add(list) {
    if (this.fetching) this.missed ||= 'new';
    if (this.isFiltered) {
      void this.ask();
      return;
    }
    const known = this.newest ?? 0;
    const fresh = list.filter((row) => row.key > known).reverse();
    this.prepend(fresh);
  }

  /** Asks which events are new; once more if others arrived meanwhile. */
  async ask() {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    const { control, filters } = this;
    this.asking = true;
    try {
      const answer = await get('events', { ...filters, after: this.newest ?? 0, limit: KEPT_NEW }, control?.signal);
      // Another list may have been asked for before, and have arrived meanwhile.
      if (control !== this.control || filters !== this.filters) return;
      if (answer.events.length >= KEPT_NEW) {
        await this.repin();
      } else {
        const known = this.newest ?? 0;
        this.prepend(answer.events.filter((/** @type {any} */ row) => row.key > known).reverse());
        if (answer.newest !== null) this.newest = Math.max(this.newest ?? 0, answer.newest);
      }
    } catch (error) {
      if (!control?.signal.aborted) this.listener.failed(error);
    } finally {
      this.asking = false;
      if (this.askAgain) setTimeout(() => void this.ask(), PAUSE);
      this.askAgain = false;
    }
  }

  /** @param {any[]} fresh Newest first. */
  prepend(fresh) {
    if (!fresh.length) return;
    this.newest = Math.max(this.newest ?? 0, fresh[0].key);
    this.head = [...fresh, ...this.head];
    this.listener.changed({ added: fresh.length });
    if (this.head.length > KEPT_NEW) this.restart();
  }

  /** Too much was missed, or too many new rows are kept: starts again, at most once in each pause. */
  restart() {
    if (this.restarting) return;
    this.restarting = true;
    setTimeout(async () => {
      this.restarting = false;
      await this.repin().catch((error) => this.listener.failed(error));
    }, PAUSE);
  }

  /** Forgets the rows and starts again from the newest event, at the same place. */
  async repin() {
    const before = this.length;
    const { control, filters } = this;
    const first = await this.fetch({ ...filters, limit: PAGE, keep: 1 }, control?.signal);
    if (control !== this.control || filters !== this.filters) return;
    this.begin(filters, first);
    this.listener.changed({ added: Math.max(0, this.length - before), rows: first.events });
    this.catchUp();
  }

  /** @param {any[]} list Events that changed. */
  update(list) {
    if (this.fetching) this.late.push(...list);
    for (const row of list) {
      const index = this.indexOf(row.key);
      if (index < 0) continue;
      if (index < this.head.length) {
        this.head[index] = row;
      } else {
        const offset = index - this.head.length;
        const page = this.pages.get(Math.floor(offset / PAGE));
        if (page) page[offset % PAGE] = row;
      }
    }
    this.listener.changed({});
  }

  close() {
    this.control?.abort();
  }
}
