// One event beside the list, or in full width with all its parts at once.

import { fill, h, icon, plain } from '../dom.js';
import { get } from '../api.js';
import { copyText } from '../dialog.js';
import { size, stateBadge, timeElement } from '../format.js';
import { patch } from '../route.js';
import { codeSpans, emptyState, errorState, toast } from '../toast.js';
import { replayEvents, targetsOf } from './actions.js';
import { editDialog } from './editor.js';
import { copyAs, FORMS } from './copy.js';
import { diffSection } from './diff.js';
import { attemptsSection, bodySection, contextSection, headersSection } from './sections.js';
import { signatureSection } from './signature.js';
import { timeBar } from './timebar.js';

/** @type {Record<string, string>} */
const TABS = { body: 'Body', answer: 'Answer', headers: 'Headers', signature: 'Signature', diff: 'Diff', context: 'Context' };
/** Parts that stay as they are when the event gets another attempt, so that what the user has unfolded stays open. */
const KEPT = new Set(['body', 'diff', 'context']);
/** The parameters that change what is shown of an event. */
const SHOWN_BY = ['tab', 'full', 'with'];
/** How long the event waits for its signing secret, in milliseconds. A server that does not answer must not hold it up. */
const SECRET_WAIT = 150;
/** Keys that are held down do not load every event on the way. */
const DELAY = 45;

export class EventPanel {
  /** @param {{ config: any, close: () => void, open: (key: number) => void }} options */
  constructor({ config, close, open }) {
    this.config = config;
    this.close = close;
    this.open = open;
    /** @type {any} */
    this.event = null;
    /** @type {Record<string, string>} */
    this.params = {};
    /** What is on the page. @type {{ event: any, params: Record<string, string> } | null} */
    this.drawn = null;

    this.element = h('section', { class: 'event-panel', 'aria-label': 'Event', tabindex: -1, hidden: true });
  }

  /** @param {Record<string, string>} params */
  show(params) {
    const { sel } = params;
    const before = this.params;
    this.params = params;
    this.element.hidden = !sel;
    if (!sel) {
      this.stop();
      this.event = null;
      this.drawn = null;
      return fill(this.element);
    }
    if (before.sel !== sel || !this.event) return this.load(sel, before.sel ? DELAY : 0);
    if (SHOWN_BY.some((name) => before[name] !== params[name])) this.draw();
  }

  stop() {
    clearTimeout(this.timer);
    this.control?.abort();
  }

  /** @param {string} sel @param {number} delay */
  load(sel, delay) {
    this.stop();
    const control = new AbortController();
    this.control = control;
    this.element.setAttribute('aria-busy', 'true');
    if (!this.event) fill(this.element, this.head([h('h2', null, 'Loading …')]));
    this.timer = setTimeout(async () => {
      try {
        const address = `events/${encodeURIComponent(sel)}`;
        const event = await get(address, { wait: SECRET_WAIT }, control.signal);
        if (control.signal.aborted) return;
        this.event = event;
        this.draw();
        if (!event.signature_pending) return;
        // A failure leaves what is drawn.
        const complete = await get(address, {}, control.signal).catch(() => null);
        if (control.signal.aborted || !complete) return;
        this.event = { ...complete, signature_pending: false };
        this.draw();
      } catch (error) {
        if (!control.signal.aborted) this.fail(error, sel);
      } finally {
        if (this.control === control) this.element.removeAttribute('aria-busy');
      }
    }, delay);
  }

  /** @param {any} error @param {string} sel */
  fail(error, sel) {
    this.event = null;
    const state = error.status === 404
      ? emptyState({ title: 'This event is not in the history', text: 'The oldest events are removed when the history is full.' })
      : errorState(error, () => this.load(sel, 0));
    fill(this.element, this.head([h('h2', null, 'Event')]), state);
  }

  /** Loads the event again if it is one of those that changed. @param {any[]} rows */
  refresh(rows) {
    if (this.event && rows.some((row) => row.key === this.event.key) && this.params.sel) this.load(this.params.sel, 200);
  }

  /** Opens an event of the same resource. @param {'previous' | 'next'} which */
  step(which) {
    if (this.event?.[which]) this.open(this.event[which].key);
  }

  /** @param {any} content */
  head(content) {
    const full = this.params.full === '1';
    const expand = h('button', { class: 'ghost icon-button expand', 'aria-pressed': String(full), 'aria-label': 'Full width', title: 'Full width (Enter)', onclick: () => patch({ full: full ? null : '1' }) }, icon('expand'));
    const close = h('button', { class: 'ghost icon-button', 'aria-label': 'Close the event', title: 'Close (Esc)', onclick: this.close }, icon('close'));
    return h('header', { class: 'event-head' }, h('div', { class: 'event-title' }, content), h('div', { class: 'event-window' }, expand, close));
  }

  draw() {
    const { event, params, drawn } = this;
    if (params.sel !== String(event.key)) return patch({ sel: event.key });
    const sameEvent = drawn !== null && drawn.event.key === event.key;
    this.drawn = { event, params };
    if (sameEvent && drawn.event.body === event.body && SHOWN_BY.every((name) => drawn.params[name] === params[name])) {
      return this.update(drawn.event);
    }
    const scroll = sameEvent ? this.element.scrollTop : 0;
    const focused = document.activeElement?.closest?.('[data-tab]')?.getAttribute('data-tab');
    fill(this.element, this.head(this.title()), this.facts(), this.actions(), h('div', { class: 'event-time' }, this.time()),
      params.full === '1' ? this.columns() : this.tabs());
    this.element.classList.toggle('full', params.full === '1');
    this.element.scrollTop = scroll;
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-tab="${focused}"]`))?.focus();
  }

  /** The event got another attempt. What the user has open, chosen or focused elsewhere stays as it is.
   * @param {any} before */
  update(before) {
    const { event } = this;
    const place = (/** @type {string} */ name) => /** @type {Element} */ (this.element.querySelector(name));
    fill(place('.event-title'), this.title());
    fill(place('.event-time'), this.time());
    const around = (/** @type {any} */ { previous, next }) => `${previous?.key} ${next?.key}`;
    if (around(before) !== around(event)) fill(place('.event-steps'), this.steps());
    const attempts = (/** @type {any} */ of) => JSON.stringify([of.attempts, of.signature, of.signature_pending]);
    if (attempts(before) === attempts(event)) return;
    for (const part of this.element.querySelectorAll('[data-part]')) {
      const name = part.getAttribute('data-part') ?? '';
      if (!KEPT.has(name)) fill(part, this.section(name));
    }
  }

  title() {
    const { event } = this;
    return [h('h2', null, event.type ?? '(no type)'), stateBadge(event.status), event.origin && h('span', { class: 'badge tag' }, event.origin)];
  }

  time() {
    return [timeBar(this.event, this.config.limit_ms), this.advice()];
  }

  /** What to do next, if the event was not delivered. */
  advice() {
    const { event } = this;
    if (event.status === 'delivered' || !event.advice?.length) return null;
    return h('ul', { class: 'advice' }, [event.advice].flat().map((line) => h('li', null, codeSpans(line))));
  }

  facts() {
    const { event } = this;
    const copyId = async () => {
      if (await copyText(event.id)) toast('Copied the id', { kind: 'ok' });
    };
    return h('p', { class: 'event-facts' },
      event.id && h('button', { class: 'ghost small mono', title: 'Copy the id', 'aria-label': plain(`Copy the id ${event.id}`), onclick: copyId }, h('span', { class: 'personal' }, event.id), icon('copy')),
      h('span', null, timeElement(event.received_at, true)),
      h('span', null, size(event.bytes ?? event.body.length)),
      event.resource && h('span', { class: 'mono personal' }, event.resource));
  }

  actions() {
    const { event, config } = this;
    const targets = targetsOf(event);
    return h('div', { class: 'toolbar event-actions' },
      h('button', { class: 'primary', title: 'Same id and bytes, fresh signature (r)', onclick: () => void replayEvents([event.key], config, { targets }) }, icon('replay'), 'Replay'),
      h('button', { onclick: () => void replayEvents([event.key], config, { choose: true, targets }) }, 'Replay to …'),
      h('button', { title: 'Send a changed copy as a new event (e)', onclick: () => void editDialog(event.key, config, this.open) }, icon('edit'), 'Edit and send'),
      copyMenu(event),
      h('span', { class: 'grow' }),
      h('span', { class: 'event-steps' }, this.steps()));
  }

  /** Buttons to the neighbours among the events of the resource. */
  steps() {
    const { event } = this;
    const step = (/** @type {'previous' | 'next'} */ which, /** @type {any} */ mark, /** @type {string} */ label) =>
      h('button', { class: 'ghost icon-button', disabled: !event[which], 'aria-label': label, title: event[which] ? plain(`${label}: ${event[which].type}`) : `${label}: none`, onclick: () => this.step(which) }, icon(mark));
    return [step('previous', 'back', 'Previous event of the resource'), step('next', 'next', 'Next event of the resource')];
  }

  /** @param {string} name */
  section(name) {
    const { event, params, config } = this;
    switch (name) {
      case 'answer': return attemptsSection(event);
      case 'headers': return headersSection(event);
      case 'signature': return signatureSection(event);
      case 'diff': return diffSection(event, params);
      case 'context': return contextSection(event, config);
      default: return bodySection(event);
    }
  }

  tabs() {
    const selected = Object.hasOwn(TABS, this.params.tab ?? '') ? this.params.tab : 'body';
    const names = Object.keys(TABS);
    const move = (/** @type {KeyboardEvent} */ event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = names[(names.indexOf(selected) + step + names.length) % names.length];
      patch({ tab: next });
      /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-tab="${next}"]`))?.focus();
    };
    const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Parts of the event', onkeydown: move },
      Object.entries(TABS).map(([name, label]) => h('button', { role: 'tab', id: `tab-${name}`, 'data-tab': name, 'aria-selected': String(name === selected), 'aria-controls': 'tab-content', tabIndex: name === selected ? 0 : -1, onclick: () => patch({ tab: name === 'body' ? null : name }) }, label)));
    return [list, h('div', { class: 'tab-content', id: 'tab-content', role: 'tabpanel', 'aria-labelledby': `tab-${selected}`, 'data-part': selected }, this.section(selected))];
  }

  columns() {
    const part = (/** @type {string} */ name) => h('section', { class: `part part-${name}` }, h('h3', { class: 'part-title' }, TABS[name]), h('div', { 'data-part': name }, this.section(name)));
    return h('div', { class: 'columns' }, h('div', null, ['body', 'context'].map(part)), h('div', null, ['answer', 'signature', 'diff', 'headers'].map(part)));
  }

  destroy() {
    this.stop();
  }
}

/** @param {any} event */
function copyMenu(event) {
  const menu = h('details', { class: 'menu' },
    h('summary', { class: 'button' }, icon('copy'), 'Copy as'),
    h('div', { class: 'menu-items' }, FORMS.map(({ form, label }) => h('button', { class: 'ghost', onclick: () => { menu.open = false; void copyAs(event.key, form); } }, label))));
  menu.addEventListener('focusout', (/** @type {FocusEvent} */ out) => {
    if (!menu.contains(/** @type {Node | null} */ (out.relatedTarget))) menu.open = false;
  });
  menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ key) => {
    if (key.key === 'Escape' && menu.open) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
      key.stopPropagation();
    }
  });
  return menu;
}
