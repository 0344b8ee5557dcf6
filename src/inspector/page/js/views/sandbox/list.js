// The objects of one resource: filters, a table, pages.

import { fill, h } from '../../dom.js';
import { count, plural } from '../../format.js';
import { address, patch } from '../../route.js';
import { emptyState } from '../../toast.js';
import { call, openapi, teamPath } from './client.js';
import { into, table } from './common.js';
import { filtersOf, words } from './schema.js';

const PAGE_SIZE = 20;

/** @param {import('./sections.js').Section} section @param {Record<string, string>} params */
export function createList(section, params) {
  const body = h('div', { class: 'objects-body' }, h('p', { class: 'loading' }, 'Loading …'));
  const filters = h('form', { class: 'toolbar object-filters', role: 'search', onsubmit: (/** @type {Event} */ event) => event.preventDefault() });
  let present = params;
  let request = new AbortController();
  /** @type {any[]} */
  let known = [];

  const query = () => Object.fromEntries(known.map(({ name }) => [name, present[name]]).filter(([, value]) => value));

  const load = () => {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    return into(body, async () => {
      const page = Math.max(1, Number(present.page) || 1);
      const paged = section.kind ? {} : { page, pageSize: PAGE_SIZE };
      const { body: answer } = await call('GET', await teamPath(section.path), { query: { ...query(), ...paged }, signal });
      return [content(section, answer.data, Object.keys(query()).length > 0), answer.pagination && pages(answer.pagination)];
    });
  };

  const drawFilters = async () => {
    try {
      known = filtersOf(await openapi(), section.path);
      fill(filters, known.map((filter) => filterInput(filter, present[filter.name] ?? '')));
    } catch {
      // The list itself shows why the sandbox does not answer.
    }
  };

  void drawFilters().then(load);

  return {
    element: h(
      'div',
      { class: 'objects' },
      h(
        'div',
        { class: 'head-row' },
        h('h2', null, section.title),
        h('a', { class: 'button primary', href: address('sandbox', { show: section.name, id: 'new' }) }, `New ${section.one}`),
      ),
      section.note && h('p', { class: 'hint' }, section.note),
      filters,
      body,
    ),
    load,
    /** @param {Record<string, string>} next */
    update(next) {
      present = next;
      for (const input of /** @type {any} */ (filters).elements) if (input.name && input !== document.activeElement) input.value = next[input.name] ?? '';
      return load();
    },
    dispose: () => request.abort(),
  };
}

/** @param {{ name: string, description: string, choices?: any[] }} filter @param {string} value */
function filterInput({ name, description, choices }, value) {
  const change = (/** @type {Event} */ event) => patch({ [name]: /** @type {any} */ (event.target).value, page: null });
  const id = `filter-${name}`;
  const common = { id, name, value, title: description };
  const input = choices
    ? h('select', { ...common, onchange: change }, h('option', { value: '' }, 'any'), choices.map((one) => h('option', { value: String(one) }, one)))
    : h('input', { ...common, type: 'search', oninput: later(change), autocomplete: 'off' });
  if (choices) input.value = value;
  return h('div', { class: 'field filter' }, h('label', { for: id }, words(name)), input);
}

/** Calls an event handler when the user has paused. @param {(event: Event) => void} handler */
function later(handler) {
  /** @type {any} */
  let timer;
  return (/** @type {Event} */ event) => {
    clearTimeout(timer);
    timer = setTimeout(handler, 200, event);
  };
}

/** @param {import('./sections.js').Section} section @param {any[]} objects @param {boolean} filtered */
function content(section, objects, filtered) {
  if (objects.length === 0) {
    return filtered
      ? emptyState({ title: `No ${section.one} fits these filters` })
      : emptyState({ title: `No ${section.title.toLowerCase()} yet`, text: !['webhook', 'API key'].includes(section.one) ? 'Create one here, or fill the sandbox with `cstar sandbox seed`.' : 'Create one here.' });
  }
  return table({
    caption: section.title,
    columns: section.columns,
    head: words,
    rows: objects,
    first: (object, text) => h('a', { href: address('sandbox', { show: section.name, id: object.id }) }, text),
  });
}

/** @param {{ total: number, page: number, pageSize: number, hasMore: boolean }} pagination */
function pages({ total, page, pageSize, hasMore }) {
  if (total === 0) return null;
  const last = Math.max(1, Math.ceil(total / pageSize));
  const to = (/** @type {number} */ next) => patch({ page: next === 1 ? null : next }, { replace: false });
  return h(
    'nav',
    { class: 'toolbar pages', 'aria-label': 'Pages' },
    h('button', { disabled: page <= 1, onclick: () => to(page - 1) }, 'Previous'),
    h('span', null, `Page ${count(page)} of ${count(last)}, ${plural(total, 'object')}`),
    h('button', { disabled: !hasMore, onclick: () => to(page + 1) }, 'Next'),
  );
}
