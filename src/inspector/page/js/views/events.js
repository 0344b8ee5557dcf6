// The timeline with the event that is open beside it.

import { fill, h } from '../dom.js';
import { count, plural } from '../format.js';
import { addKeys } from '../keys.js';
import { subscribe } from '../live.js';
import { current, patch } from '../route.js';
import { errorState, toastError } from '../toast.js';
import { batched } from '../events/batched.js';
import { noEvents, noList, noMatch } from '../events/empty.js';
import { filterBar } from '../events/filters.js';
import { Gaps } from '../events/gaps.js';
import { VirtualList } from '../events/list.js';
import { Marks } from '../events/marks.js';
import { filtersOf } from '../events/query.js';
import { timelineKeys } from '../events/shortcuts.js';
import { COLUMNS, rowCells } from '../events/row.js';
import { EventStore } from '../events/store.js';
import { throttled } from '../events/throttled.js';
import { EventPanel } from '../event/panel.js';
import { replayEvents, targetsOf } from '../event/actions.js';

export class EventsView {
  /** @param {HTMLElement} root @param {any} config */
  constructor(root, config) {
    this.config = config ?? { targets: [], limit_ms: 10_000 };
    this.config.targets ??= [];
    this.unseen = 0;
    this.opened = '';
    /** @type {number | undefined} */
    this.located = undefined;
    this.opening = throttled(() => this.openIndex(this.list.current));
    this.gaps = new Gaps();
    this.store = new EventStore({ changed: (change) => this.onStore(change), failed: (error) => this.onFailure(error) });
    this.arrivals = batched((rows) => this.store.add(rows));
    this.marks = new Marks(this.config, () => this.onMarks());
    this.list = new VirtualList({
      label: 'Events, the newest first',
      columns: COLUMNS,
      rowAt: (index) => this.store.at(index),
      inView: (from, to) => this.store.ensure(from, to),
      clicked: (row, event) => this.onClick(row, event),
      isMarked: (row) => this.marks.has(row.key),
      hasNote: (row, index) => this.gaps.isBetween(row, this.store.at(index + 1)),
      render: (row, index) => ({
        class: `is-${row.status}`,
        cells: rowCells(row, { marked: this.marks.has(row.key), limit: this.config.limit_ms }),
        note: this.gaps.between(row, this.store.at(index + 1)),
      }),
    });
    this.filters = filterBar(this.config, () => this.list.element.focus({ preventScroll: true }));
    this.panel = new EventPanel({ config: this.config, close: () => this.close(), open: (key) => this.open(key) });
    this.count = h('span');
    this.spoken = h('span', { class: 'visually-hidden', role: 'status' });
    this.selectButton = h('button', { class: 'ghost', hidden: true, onclick: () => this.marks.addAll([...this.list.drawn.values()].map(({ row }) => row).filter(Boolean)) }, 'Select visible');
    this.plainBar = h('div', { class: 'bar-part' }, this.count, h('span', { class: 'grow' }), this.selectButton);
    this.bar = h('div', { class: 'list-bar' }, this.spoken, this.plainBar, this.marks.bar);
    this.newButton = h('button', { class: 'primary new-events', hidden: true, onclick: () => this.toTop() });
    this.placeholder = h('div', { class: 'list-empty', hidden: true });
    this.split = h('div', { class: 'split' },
      h('div', { class: 'list-side' }, this.list.element, this.placeholder, this.newButton), this.panel.element);
    fill(root, h('h1', { class: 'visually-hidden' }, 'Events'), this.filters.element, this.bar, this.split);
    this.removers = [addKeys(timelineKeys(this)), subscribe({
      events: (rows) => this.arrivals.add(rows),
      updates: (rows) => { this.arrivals.update(rows); this.store.update(rows); this.panel.refresh(rows); },
      reset: () => this.store.restart(),
      state: (state) => { if (state === 'live') this.onLive(); },
    })];
  }

  /** @param {Record<string, string>} params */
  async show(params) {
    this.params = params;
    this.filters.show(params);
    const wanted = JSON.stringify(filtersOf(params));
    if (wanted !== this.opened) {
      this.opened = wanted;
      await this.load(params);
    }
    // Another address may have been opened meanwhile.
    if (this.params === params) this.select(params);
  }

  /** @param {Record<string, string>} params */
  async load(params) {
    this.list.element.setAttribute('aria-busy', 'true');
    try {
      await this.store.open(filtersOf(params));
      this.filters.fail(null);
    } catch (error) {
      const failure = /** @type {any} */ (error);
      if (failure.name === 'AbortError') return;
      if (failure.status === 400) {
        this.filters.fail(failure);
        // The list before it stays, if there is one.
        if (!this.store.loaded) this.showInstead(noList());
      } else {
        this.opened = '';
        this.showInstead(errorState(error, () => void this.show(current().params)));
      }
    } finally {
      this.list.element.removeAttribute('aria-busy');
    }
  }

  /** @param {any} content What there is instead of the list. */
  showInstead(content) {
    this.list.element.hidden = true;
    this.placeholder.hidden = false;
    fill(this.placeholder, content);
  }

  /** Makes the event of the address the current one. @param {Record<string, string>} params */
  select(params) {
    const open = Boolean(params.sel);
    const wasFull = this.split.classList.contains('full');
    this.split.classList.toggle('open', open);
    this.split.classList.toggle('full', open && params.full === '1');
    if (wasFull && this.list.current >= 0) this.list.scrollTo(this.list.current);
    this.panel.show(params);
    if (!open) return;
    const key = Number(params.sel);
    const index = this.store.indexOf(key);
    if (index >= 0) {
      if (index !== this.list.current) this.list.setCurrent(index);
    } else if (this.located !== key && Number.isInteger(key)) {
      // After a reload the event may be far down in the list.
      this.located = key;
      this.store.locate(key).then((found) => {
        if (current().params.sel === params.sel) this.list.setCurrent(found, { center: true });
      }, () => {});
    }
  }

  /** @param {import('../events/store.js').Change} change */
  onStore({ added = 0, reset = false, counted = false, rows = [] }) {
    const { list, store } = this;
    if (reset) {
      list.current = -1;
      list.element.scrollTop = 0;
      this.unseen = 0;
    }
    if (added && !list.isAtTop) this.unseen += added;
    list.resize(store.length, added);
    if (reset) this.located = undefined;
    // While the user scrolls, pages arrive: rows that are there already stay as they are.
    if (!rows.length || reset || added) list.redraw();
    if (rows.length) this.filters.offerTargets(rows.flatMap(targetsOf));
    this.drawBar();
    // Read aloud after a change of the filters only, not with each new event.
    if ((reset && !store.isCounting) || counted) fill(this.spoken, this.count.textContent);
  }

  onMarks() {
    this.list.redraw();
    this.drawBar();
  }

  drawBar() {
    const { length, isFiltered } = this.store;
    const empty = length === 0;
    if (empty) this.showInstead(isFiltered ? noMatch() : noEvents());
    else [this.list.element.hidden, this.placeholder.hidden] = [false, true];
    if (this.list.isAtTop) this.unseen = 0;
    this.newButton.hidden = this.unseen === 0;
    fill(this.newButton, `${count(this.unseen)} new`);
    const more = this.store.isCounting ? 'More than ' : '';
    fill(this.count, isFiltered ? `${more}${plural(length, 'event')} match${length === 1 ? 'es' : ''}` : plural(length, 'event'));
    this.selectButton.hidden = empty;
    // Buttons stay the same elements: a click must not be lost because an event arrived in the middle of it.
    this.bar.classList.toggle('marked', this.marks.size > 0);
    this.marks.bar.hidden = this.marks.size === 0;
    this.plainBar.hidden = this.marks.size > 0;
  }

  /** The stream is open: what happened between the list and the stream is asked for. */
  onLive() {
    if (!this.opened) void this.show(current().params);
    else this.store.resync();
    void this.loadGaps();
  }

  /** @param {unknown} error */
  onFailure(error) {
    // Without the server, the page says so at the top.
    if (/** @type {any} */ (error).status !== 0) toastError(error);
  }

  async loadGaps() {
    // After the first paint: this is an ornament of the list.
    await new Promise((resolve) => setTimeout(resolve, 400));
    await this.gaps.load().catch(() => {});
    this.list.redraw();
  }

  /** @param {any} row @param {MouseEvent} event */
  onClick(row, event) {
    const index = this.store.indexOf(row.key);
    if (index < 0) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest('.cell-mark') || event.ctrlKey || event.metaKey) {
      this.marks.toggle(row);
    } else if (event.shiftKey && this.list.current >= 0) {
      const [from, to] = [this.list.current, index].sort((a, b) => a - b);
      this.marks.addAll(Array.from({ length: to - from + 1 }, (_, at) => this.store.at(from + at)).filter(Boolean));
    } else {
      this.goTo(index, true);
    }
    this.list.element.focus({ preventScroll: true });
  }

  /** @param {number} index @param {boolean} [open] */
  goTo(index, open = Boolean(current().params.sel)) {
    const at = Math.max(0, Math.min(index, this.store.length - 1));
    this.list.setCurrent(at);
    // A screen reader reads the current row only while the list has the focus.
    if (document.activeElement === document.body) this.list.element.focus({ preventScroll: true });
    if (open) this.opening.soon();
  }

  /** @param {number} index */
  openIndex(index) {
    const row = this.store.at(index);
    if (row) patch({ sel: row.key }, { replace: Boolean(current().params.sel) });
  }

  /** @param {number} key */
  open(key) {
    patch({ sel: key }, { replace: false });
  }

  close() {
    patch({ sel: null, full: null, tab: null, with: null });
    this.list.element.focus({ preventScroll: true });
  }

  toTop() {
    this.list.element.scrollTop = 0;
    this.unseen = 0;
    this.drawBar();
  }

  /** The event that a key acts on: the open one, which the list may not show, or else the current row. */
  get row() {
    this.opening.now();
    const key = Number(current().params.sel);
    if (!key) return this.store.at(this.list.current);
    const index = this.store.indexOf(key);
    if (index >= 0) return this.store.at(index);
    return this.panel.event?.key === key ? this.panel.event : undefined;
  }

  enter() {
    const { params } = current();
    if (!params.sel) this.openIndex(this.list.current);
    else if (this.panel.event) patch({ full: params.full === '1' ? null : '1' });
  }

  replay() {
    const { marks, row } = this;
    if (marks.size) void replayEvents(marks.keys(), this.config, { targets: marks.targets });
    else if (row) void replayEvents([row.key], this.config, { targets: targetsOf(row) });
  }

  escape() {
    if (this.marks.size) this.marks.clear();
    else if (current().params.full === '1') patch({ full: null });
    else if (current().params.sel) this.close();
  }

  destroy() {
    for (const remove of this.removers) remove();
    this.arrivals.stop();
    this.opening.stop();
    this.store.close();
    this.list.destroy();
    this.panel.destroy();
  }
}

/** @type {EventsView | null} */
let view = null;

export default {
  title: 'Events',
  /** @param {HTMLElement} root @param {Record<string, string>} params @param {any} config */
  mount(root, params, config) {
    view = new EventsView(root, config);
    return view.show(params);
  },
  /** @param {Record<string, string>} params */
  update(params) {
    void view?.show(params);
  },
  unmount() {
    view?.destroy();
    view = null;
  },
};
