// Injected faults as switches, and the clock of the sandbox, which one of them sets wrong.

import { fill, h } from '../../dom.js';
import { createField, FieldError } from '../../fields.js';
import { plural } from '../../format.js';
import { call, teamPath } from './client.js';
import { errorBox } from './common.js';

const REFRESH = 2000;
const STATUSES = [429, 500, 502, 503, 504];

/** @typedef {{ name: string, title: string, text: string, fields: import('../../fields.js').Field[] }} Kind */
/** @type {Kind[]} */
const KINDS = [
  {
    name: 'latency',
    title: 'Slow answers',
    text: 'Delays every answer.',
    fields: [
      { path: 'latency', label: 'delay', kind: 'text', value: '500ms' },
      { path: 'jitter', label: 'up to this much more', kind: 'text', value: '', hint: 'Such as 200ms.' },
    ],
  },
  {
    name: 'status',
    title: 'Errors',
    text: 'Refuses requests and does nothing.',
    fields: [
      { path: 'status', label: 'status', kind: 'choice', choices: STATUSES, value: 503 },
      { path: 'retry_after', label: 'retry after, seconds', kind: 'number', value: '' },
    ],
  },
  {
    name: 'cut',
    title: 'Broken streams',
    text: 'Breaks the stream that `cstar listen` reads.',
    fields: [{ path: 'cut', label: 'after this many events', kind: 'number', value: 5 }],
  },
  { name: 'duplicate', title: 'Duplicates', text: 'Sends each event twice.', fields: [] },
  {
    name: 'skew',
    title: 'Wrong clock',
    text: 'Sets the clock in the headers of answers wrong.',
    fields: [{ path: 'skew', label: 'offset', kind: 'text', value: '-10m' }],
  },
];

/** @type {() => import('../../fields.js').Field[]} */
const conditions = () => [
  { path: 'probability', label: 'share of the requests', kind: 'choice', choices: [1, 0.5, 0.2, 0.05], value: 1 },
  { path: 'path', label: 'only paths like', kind: 'text', value: '', hint: 'Such as tickets/* or webhooks/listen.' },
  { path: 'count', label: 'at most this often', kind: 'number', value: '' },
];

export function createFaults() {
  const trouble = h('div', null);
  const clock = h('p', { class: 'clock', role: 'status' });
  /** @type {any[]} */
  let active = [];

  /** @param {() => Promise<any>} work */
  const act = async (work) => {
    try {
      ({ faults: active } = (await work()).body);
      fill(trouble);
    } catch (error) {
      if (error instanceof FieldError) error.input.focus();
      fill(trouble, errorBox(error));
    }
    cards.forEach((card) => card.draw(active.filter((one) => card.kind in one)));
    clear.disabled = active.length === 0;
  };

  const cards = KINDS.map((kind) => createCard(kind, act));
  const clear = h('button', { type: 'button', onclick: () => act(() => call('DELETE', '_sandbox/faults')) }, 'Remove all faults');
  // Only on request or when nothing is injected: a request of this page counts as a hit too.
  const readClock = async () => {
    try {
      fill(clock, clockText((await call('GET', await teamPath('settings'))).date));
    } catch (error) {
      fill(clock, errorBox(error));
    }
  };
  const refresh = () => (document.hidden ? null : act(() => call('GET', '_sandbox/faults')));
  void act(() => call('GET', '_sandbox/faults')).then(() => active.length === 0 && readClock());
  const timer = setInterval(refresh, REFRESH);

  return {
    element: h(
      'div',
      { class: 'faults' },
      h('div', { class: 'head-row' }, h('h2', null, 'Faults'), clear),
      h('p', { class: 'hint' }, 'Faults affect requests to the API, also those of this page, and the streams of events.'),
      trouble,
      h('div', { class: 'cards' }, cards.map(({ element }) => element)),
      h('div', { class: 'head-row' }, h('h2', null, 'Clock'), h('button', { type: 'button', onclick: readClock }, 'Read the clock')),
      clock,
    ),
    dispose: () => clearInterval(timer),
  };
}

/** @param {Kind} kind @param {(work: () => Promise<any>) => Promise<void>} act */
function createCard(kind, act) {
  const controls = [...kind.fields, ...conditions()].map(createField);
  const own = controls.slice(0, kind.fields.length);
  const id = `fault-${kind.name}`;
  const hits = h('p', { class: 'muted', role: 'status' });
  /** @type {any[]} */
  let present = [];

  const body = () => {
    /** @type {Record<string, any>} */
    const fault = kind.fields.length ? {} : { [kind.name]: true };
    for (const { field, input, read } of controls) {
      if (input.value !== '' && !(field.path === 'probability' && input.value === '1')) fault[field.path] = read();
    }
    return fault;
  };

  const turn = () =>
    act(async () => {
      if (toggle.checked) return call('POST', '_sandbox/faults', { body: body() });
      let answer = null;
      for (const one of present) answer = await call('DELETE', `_sandbox/faults/${one.id}`);
      return answer ?? call('GET', '_sandbox/faults');
    });

  const toggle = h('input', { type: 'checkbox', role: 'switch', id, onchange: turn });
  return {
    kind: kind.name,
    element: h(
      'div',
      { class: 'panel card' },
      h('div', { class: 'card-head' }, toggle, h('label', { for: id }, kind.title)),
      h('p', { class: 'muted' }, kind.text.replaceAll('`', '')),
      own.map(({ element }) => element),
      h('details', null, h('summary', null, 'Conditions'), controls.slice(own.length).map(({ element }) => element)),
      hits,
    ),
    /** @param {any[]} faults those of this kind */
    draw(faults) {
      present = faults;
      toggle.checked = faults.length > 0;
      controls.forEach(({ input }) => (input.disabled = faults.length > 0));
      fill(hits, faults.map((one) => `${describe(one)}: ${plural(one.hits, 'hit')}. `));
    },
  };
}

/** A fault as on the command line. @param {any} fault */
function describe({ id, hits, ...rest }) {
  const parts = Object.entries(rest).filter(([, value]) => value !== null && value !== 1);
  return parts.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join(',');
}

/** @param {string | null} date of the header, which has whole seconds */
function clockText(date) {
  if (!date) return 'The answers have no date.';
  const offset = Math.round((Date.parse(date) - Date.now()) / 1000);
  const right = Math.abs(offset) <= 2;
  const words = right ? 'as on this computer' : `${Math.abs(offset)} seconds ${offset < 0 ? 'behind' : 'ahead of'} this computer`;
  return `The sandbox says ${date}, ${words}.`;
}
