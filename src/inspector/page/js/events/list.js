// A grid that draws only the rows in view. The grid keeps the focus; `aria-activedescendant` names the current row.

import { fill, h } from '../dom.js';

/** Rows above and below those in view. */
const MARGIN = 8;

/**
 * @typedef {object} Options
 * @property {string} label
 * @property {{ key: string, title: string }[]} columns
 * @property {(index: number) => any} rowAt `undefined` while it loads.
 * @property {(row: any) => boolean} isMarked
 * @property {(row: any, index: number) => boolean} hasNote
 * @property {(row: any, index: number) => { class: string, cells: any[], note?: any }} render
 * @property {(from: number, to: number) => void} inView
 * @property {(row: any, event: MouseEvent) => void} clicked
 */

export class VirtualList {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.length = 0;
    this.current = -1;
    /** @type {Map<number, { element: HTMLElement, row: any, state: string }>} */
    this.drawn = new Map();
    this.rowHeight = 30;
    this.view = 0;
    const { columns, label } = options;
    this.body = h('div', { class: 'list-body', role: 'rowgroup' });
    this.head = h('div', { class: 'list-head', role: 'rowgroup' },
      h('div', { class: 'list-row', role: 'row', 'aria-rowindex': 1 },
        columns.map(({ key, title }) => h('span', { class: `cell cell-${key}`, role: 'columnheader' }, key === 'mark' ? h('span', { class: 'visually-hidden' }, title) : title))));
    this.element = h('div', { class: 'list', role: 'grid', tabindex: 0, 'aria-label': label, 'aria-multiselectable': 'true', 'aria-colcount': columns.length }, this.head, this.body);
    this.element.addEventListener('scroll', () => this.schedule(), { passive: true });
    this.body.addEventListener('click', (/** @type {MouseEvent} */ event) => this.onClick(event));
    this.resized = new ResizeObserver(() => {
      this.measure();
      this.schedule();
    });
    this.resized.observe(this.element);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const row = /** @type {Element} */ (event.target).closest('.list-row');
    // What was under the pointer, even if other events have arrived since it was drawn.
    const drawn = row && this.drawn.get(Number(row.getAttribute('data-index')));
    if (drawn?.row) this.options.clicked(drawn.row, event);
  }

  get isAtTop() {
    return this.element.scrollTop < this.rowHeight / 2;
  }

  /** @param {number} length @param {number} [added] Rows that are new at the top: what is in view stays where it is. */
  resize(length, added = 0) {
    const keep = added > 0 && !this.isAtTop;
    const top = this.element.scrollTop;
    this.length = length;
    if (this.current >= 0) this.current = this.current + added < length ? this.current + added : -1;
    this.body.style.height = `${length * this.rowHeight}px`;
    this.element.setAttribute('aria-rowcount', String(length + 1));
    if (keep) this.element.scrollTop = top + added * this.rowHeight;
    this.schedule();
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Reads sizes, which makes the browser compute the layout: only when they can have changed. */
  measure() {
    this.view = this.element.clientHeight;
    const height = parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 30;
    if (height === this.rowHeight) return;
    this.rowHeight = height;
    this.body.style.height = `${this.length * height}px`;
    for (const { element } of this.drawn.values()) element.remove();
    this.drawn.clear();
  }

  draw() {
    const { rowHeight: height, view } = this;
    const from = Math.max(0, Math.floor(this.element.scrollTop / height) - MARGIN);
    const to = Math.min(this.length - 1, Math.ceil((this.element.scrollTop + view) / height) + MARGIN);
    if (to >= from) this.options.inView(from, to);
    for (const [index, { element }] of this.drawn) {
      if (index < from || index > to) {
        element.remove();
        this.drawn.delete(index);
      }
    }
    for (let index = from; index <= to; index += 1) this.drawRow(index);
    const active = this.drawn.get(this.current);
    if (active) this.element.setAttribute('aria-activedescendant', active.element.id);
    else this.element.removeAttribute('aria-activedescendant');
  }

  /** @param {number} index */
  drawRow(index) {
    const row = this.options.rowAt(index);
    const old = this.drawn.get(index);
    const marked = Boolean(row) && this.options.isMarked(row);
    // While the user scrolls, rows that look the same are not made again.
    const state = row ? `${marked}|${index === this.current}|${this.options.hasNote(row, index)}` : 'loading';
    if (old && old.row === row && old.state === state) return;
    const content = row ? this.options.render(row, index) : null;
    const element = old?.element ?? h('div', { role: 'row', id: `row-${index}`, 'data-index': index, 'aria-rowindex': index + 2 });
    if (!old) {
      element.style.transform = `translateY(${index * this.rowHeight}px)`;
      this.body.append(element);
    }
    element.className = `list-row ${content?.class ?? 'loading-row'}${index === this.current ? ' current' : ''}`;
    element.setAttribute('aria-selected', String(marked));
    if (index === this.current) element.setAttribute('aria-current', 'true');
    else element.removeAttribute('aria-current');
    const { columns } = this.options;
    const cells = columns.map(({ key }, at) =>
      h('span', { class: `cell cell-${key}`, role: 'gridcell' }, content ? content.cells[at] : at > 0 && h('i', { class: 'bone' })));
    // The line is for the eye; a row may only have cells, so its text is in the last one.
    if (content?.note) cells.at(-1).append(h('span', { class: 'visually-hidden' }, `. ${content.note.title}`));
    fill(element, cells, content?.note);
    this.drawn.set(index, { element, row, state });
  }

  /** Draws all rows again, because what they depend on has changed. */
  redraw() {
    for (const drawn of this.drawn.values()) drawn.state = '';
    this.schedule();
  }

  /** @param {number} index @param {{ center?: boolean }} [options] */
  setCurrent(index, { center = false } = {}) {
    this.current = index;
    if (index >= 0 && center) this.element.scrollTop = (index + 1) * this.rowHeight - this.element.clientHeight / 2;
    else if (index >= 0) this.scrollTo(index);
    this.schedule();
  }

  /** @param {number} index */
  scrollTo(index) {
    const { element, rowHeight } = this;
    const head = this.head.offsetHeight;
    const top = index * rowHeight;
    const view = element.clientHeight - head;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + view) element.scrollTop = top + rowHeight - view;
  }

  get pageSize() {
    return Math.max(1, Math.floor((this.element.clientHeight - this.head.offsetHeight) / this.rowHeight) - 1);
  }

  destroy() {
    this.resized.disconnect();
    if (this.frame) cancelAnimationFrame(this.frame);
  }
}
