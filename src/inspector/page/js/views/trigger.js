// Fires sample events: a form for each type made from its sample, the same as JSON, and what arrives because of it.

import { get, post } from '../api.js';
import { fill, h } from '../dom.js';
import { FieldError } from '../fields.js';
import { count, plural } from '../format.js';
import { patch } from '../route.js';
import { codeSpans, toastError } from '../toast.js';
import { createArrivals } from './arrivals.js';
import { createAgain } from './trigger/again.js';
import { createChooser } from './trigger/chooser.js';
import { createEditor } from './trigger/editor.js';

/** After this time without an event, the page says what may be missing. */
const PATIENCE = 4000;
const MANY = 100;

/** @type {any} */
let page = null;

/** @param {HTMLElement} root @param {Record<string, string>} params */
async function mount(root, params) {
  const { types } = await get('types');
  const opened = h('div', { class: 'trigger-form panel' });
  const arrivals = createArrivals({ empty: 'No events yet. Send one, and it appears here with the answer of your handler.' });
  const chooser = createChooser(types, (type) => patch({ type, tab: null }));
  /** @type {any} */
  let form = null;

  /** @param {Record<string, string>} next */
  const show = (next) => {
    const wanted = types.find((/** @type {any} */ one) => one.type === next.type) ?? types[0];
    chooser.select(wanted.type);
    if (form?.type !== wanted.type) {
      form = createForm(wanted, arrivals);
      fill(opened, form.element);
    }
    form.showTab(next.tab === 'json' ? 'json' : 'form');
  };

  fill(root, h('h1', { class: 'visually-hidden' }, 'Trigger events'), chooser.element, opened, arrivals.element);
  root.classList.add('three-columns');
  page = { show, dispose: () => (arrivals.dispose(), form?.dispose()) };
  show(params);
}

/** The form of one type. @param {any} entry @param {ReturnType<typeof createArrivals>} arrivals */
function createForm(entry, arrivals) {
  const { type, description, sample } = entry;
  const editor = createEditor(type, sample);
  const again = createAgain(editor.fields, (set) => send({ ...last, set: { ...last.set, ...set } }, 1));
  const status = h('p', { class: 'send-status', role: 'status' });
  const buttons = [1, MANY].map((times) =>
    h(
      'button',
      { type: times === 1 ? 'submit' : 'button', class: times === 1 ? 'primary' : null, onclick: times === 1 ? null : () => submit(times) },
      times === 1 ? 'Send' : `Send ${count(times)}`,
    ),
  );
  /** What was sent last, without its count. @type {any} */
  let last = { type };
  /** @type {any} */
  let timer = 0;

  /** @param {any} request @param {number} times */
  async function send(request, times) {
    clearTimeout(timer);
    buttons.forEach((button) => (button.disabled = true));
    fill(status, times === 1 ? 'Sending …' : `Sending ${count(times)} …`);
    try {
      const { triggered, ids } = await post('trigger', { ...request, set: inData(request.set), count: times });
      last = request;
      arrivals.expect({ ids }, () => clearTimeout(timer));
      const what = triggered === 1 ? ids[0] : plural(triggered, 'event');
      fill(status, 'Sent ', h('code', { class: 'personal' }, what), changesText(request));
      timer = setTimeout(() => fill(status, ...codeSpans('Sent, but nothing has arrived yet. Is `cstar listen` running?')), PATIENCE);
      again.show(request);
    } catch (error) {
      fill(status);
      toastError(error);
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  /** @param {number} times */
  function submit(times) {
    try {
      void send({ type, ...editor.request() }, times);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      fill(status);
      error.input.setAttribute('aria-invalid', 'true');
      error.input.focus();
      toastError(error);
    }
  }

  const element = h(
    'form',
    { onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), submit(1)), novalidate: true },
    h('div', { class: 'trigger-head' }, h('h2', null, type), h('p', { class: 'muted' }, codeSpans(description))),
    h('div', { class: 'toolbar trigger-actions' }, buttons, status),
    again.element,
    editor.element,
  );
  return { type, element, showTab: editor.showTab, dispose: () => clearTimeout(timer) };
}

/** Paths from the event rather than from its data, as the API has them. @param {Record<string, any>} [set] */
const inData = (set = {}) => Object.fromEntries(Object.entries(set).map(([path, value]) => [`data.${path}`, value]));

/** @param {any} request */
function changesText({ set = {} }) {
  const names = Object.entries(set).map(([path, value]) => `${path.split('.').pop()} ${JSON.stringify(value)}`);
  if (!names.length) return null;
  return h('span', { class: 'personal' }, ` with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`);
}

export default {
  title: 'Trigger',
  mount,
  /** @param {Record<string, string>} params */
  update: (params) => page?.show(params),
  unmount() {
    page?.dispose();
    page = null;
  },
};
