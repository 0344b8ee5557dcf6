// The filters above the timeline. They are in the address; this module reads them from there and writes them back.

import { append, fill, h, icon } from '../dom.js';
import { shortTarget, timeOf } from '../format.js';
import { codeSpans } from '../toast.js';
import { patch } from '../route.js';
import { get } from '../api.js';
import { FILTERS } from './query.js';
import { throttled } from './throttled.js';

/** Between two searches while a text is typed. The first letter is searched at once: the server ends a search that nothing
 * waits for any more. */
const PAUSE = 60;
const MOST_TARGETS = 50;

/** @param {{ targets: string[] }} config @param {() => void} toList Moves the focus to the rows. */
export function filterBar(config, toList) {
  /** @type {Record<string, any>} */
  const fields = {
    q: h('input', { type: 'search', id: 'f-q', placeholder: 'Search bodies, headers, answers', 'aria-label': 'Search in bodies, headers and answers', spellcheck: 'false', autocomplete: 'off' }),
    type: h('input', { id: 'f-type', list: 'f-types', placeholder: 'Type: ticket.*', 'aria-label': 'Type, or patterns such as ticket.*', spellcheck: 'false', autocomplete: 'off' }),
    status: select('f-status', 'State', ['delivered', 'failed', 'waiting', 'received', 'skipped', 'dismissed'].map((state) => [state, state])),
    target: select('f-target', 'Target', config.targets.map((target) => [target, shortTarget(target)])),
    slower: h('input', { id: 'f-slower', list: 'f-durations', placeholder: 'Slower: 2s', 'aria-label': 'Slower than, such as 2s', spellcheck: 'false', autocomplete: 'off' }),
    filter: h('input', { id: 'f-filter', placeholder: 'data.ticket.priority=urgent', 'aria-label': 'Filter expression', title: 'PATH, PATH exists, PATH=VALUE, PATH!=VALUE or PATH~REGEX', spellcheck: 'false', autocomplete: 'off', class: 'mono' }),
    changed: h('input', { type: 'checkbox', id: 'f-changed' }),
  };
  const types = h('datalist', { id: 'f-types' });
  const durations = h('datalist', { id: 'f-durations' }, ['500ms', '1s', '2s', '5s', '10s'].map((value) => h('option', { value })));
  const error = h('p', { class: 'filter-error error-text', role: 'alert', hidden: true });
  const clear = h('button', { class: 'ghost', onclick: () => patch(Object.fromEntries(FILTERS.map((name) => [name, null]))) }, 'Clear filters');
  const period = h('button', { class: 'in-use', hidden: true, title: 'Show events of any time', onclick: () => patch({ since: null, until: null }) });
  const more = h('div', { class: 'filter-more', id: 'filter-more' }, fields.type, fields.status, fields.target, fields.slower,
    fields.filter, h('label', { class: 'check', title: 'The body differs from the previous event of the type in more than ids and times' }, fields.changed, 'Changed'), period, clear);
  const toggle = h('button', { class: 'filter-toggle', 'aria-expanded': 'false', 'aria-controls': 'filter-more', onclick: () => {
    const open = more.classList.toggle('shown');
    toggle.setAttribute('aria-expanded', String(open));
  } }, icon('filter'), 'Filters');
  const element = h('div', { class: 'filters', role: 'search', 'aria-label': 'Filter events' },
    h('div', { class: 'search-box' }, icon('search'), fields.q), toggle, more, types, durations, error);

  const write = () => {
    patch(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, read(field) || null])));
  };
  fields.q.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    write();
    toList();
  });
  const typed = throttled(write, PAUSE);
  for (const field of Object.values(fields)) {
    field.addEventListener('input', typed.soon);
    field.addEventListener('change', write);
  }
  get('types').then((answer) => fill(types, suggestions(answer.types.map((/** @type {any} */ item) => item.type))), () => {});

  return {
    element,
    focus: () => { fields.q.focus(); fields.q.select(); },
    /** @param {Record<string, string>} params */
    show(params) {
      for (const [name, field] of Object.entries(fields)) {
        const value = params[name] ?? '';
        if (name === 'target' && value && ![...field.options].some((option) => option.value === value)) {
          append(field, h('option', { value }, shortTarget(value)));
        }
        if (name === 'changed') field.checked = value === '1';
        else if (document.activeElement !== field || !value) field.value = value;
        field.classList.toggle('in-use', Boolean(value));
      }
      const { since, until } = params;
      period.hidden = !since && !until;
      fill(period, since && ['from ', timeOf(since)], until && [' until ', timeOf(until)], icon('close'));
      clear.hidden = FILTERS.every((name) => !params[name]);
      toggle.classList.toggle('in-use', FILTERS.some((name) => name !== 'q' && params[name]));
    },
    /** `cstar ui` knows the targets from the events only. @param {string[]} targets */
    offerTargets(targets) {
      const known = new Set([...fields.target.options].map((/** @type {any} */ option) => option.value));
      for (const value of new Set(targets)) {
        if (!known.has(value) && known.size < MOST_TARGETS) append(fields.target, h('option', { value }, shortTarget(value)));
        known.add(value);
      }
    },
    /** @param {any} failure */
    fail(failure) {
      error.hidden = !failure;
      fill(error, failure && [codeSpans(failure.message), failure.hint && [': ', codeSpans(failure.hint)]]);
      for (const name of ['slower', 'filter', 'type']) {
        const blamed = failure && failure.status === 400 && fields[name].value && (failure.message.includes(fields[name].value) || name === 'filter');
        if (blamed) fields[name].setAttribute('aria-invalid', 'true');
        else fields[name].removeAttribute('aria-invalid');
      }
    },
  };
}

/** @param {any} field */
const read = (field) => (field.type === 'checkbox' ? (field.checked ? '1' : '') : field.value.trim());

/** @param {string} id @param {string} label @param {string[][]} options */
function select(id, label, options) {
  return h('select', { id, 'aria-label': label }, h('option', { value: '' }, `Any ${label.toLowerCase()}`),
    options.map(([value, text]) => h('option', { value }, text)));
}

/** Every type, and a pattern for every group of types. @param {string[]} types */
function suggestions(types) {
  const groups = [...new Set(types.map((type) => `${type.split('.')[0]}.*`))];
  return [...groups, ...types].map((value) => h('option', { value }));
}
