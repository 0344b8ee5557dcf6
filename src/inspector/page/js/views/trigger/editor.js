// The data of an event as a form and as JSON. Both edit the same values.

import { createFields, FieldError } from '../../fields.js';
import { h } from '../../dom.js';
import { patch } from '../../route.js';
import { fieldsOf } from './sample.js';

/** @param {string} type @param {any} sample */
export function createEditor(type, sample) {
  const fields = fieldsOf(type, sample);
  const form = createFields(fields);
  const exact = h('input', { type: 'checkbox' });
  const json = h('textarea', { id: 'event-json', class: 'mono', rows: 24, spellcheck: 'false' });
  const panels = {
    form: h(
      'div',
      { class: 'event-fields' },
      h('p', { class: 'hint' }, 'Members that you leave as they are get fresh values with each event.'),
      h('label', { class: 'check' }, exact, 'Send exactly these values'),
      form.element,
    ),
    json: h(
      'div',
      { class: 'field' },
      h('label', { for: 'event-json' }, 'Data of the event as JSON'),
      json,
      h('p', { class: 'hint' }, 'Sent as it is, merged into a fresh sample.'),
    ),
  };
  const names = /** @type {('form' | 'json')[]} */ (['form', 'json']);
  const tabs = names.map((name) =>
    h('button', { type: 'button', onclick: () => patch({ tab: name === 'form' ? null : name }) }, name === 'form' ? 'Form' : 'JSON'),
  );
  let shown = 'form';

  /** The sample with the values of the form. */
  const data = () => {
    const copy = structuredClone(sample);
    for (const { field, read } of form.controls) place(copy, field.names ?? [], read());
    return copy;
  };

  const parse = () => {
    try {
      return JSON.parse(json.value);
    } catch (error) {
      throw new FieldError(`the data is not JSON: ${/** @type {Error} */ (error).message}`, json);
    }
  };

  /** @param {'form' | 'json'} next */
  const showTab = (next) => {
    if (next === 'json' && shown === 'form') {
      try {
        json.value = JSON.stringify(data(), null, 2);
      } catch {
        // A value of the form cannot be read; the JSON stays as it was, and `Send` names the value.
        json.value ||= JSON.stringify(sample, null, 2);
      }
    } else if (next === 'form' && shown === 'json') {
      takeOver();
    }
    shown = next;
    for (const [index, name] of names.entries()) {
      panels[name].hidden = name !== next;
      tabs[index].setAttribute('aria-pressed', String(name === next));
    }
  };

  /** Writes the values of the JSON into the form; members that the form does not have stay in the JSON. */
  const takeOver = () => {
    try {
      const value = parse();
      for (const control of form.controls) {
        const member = (control.field.names ?? []).reduce((/** @type {any} */ at, /** @type {string} */ name) => at?.[name], value);
        if (member !== undefined) control.set(member);
      }
    } catch {
      // Not JSON at the moment: the form keeps its values.
    }
  };

  return {
    fields,
    element: h('div', { class: 'event-form' }, h('div', { class: 'segments', role: 'group', 'aria-label': 'Edit as' }, tabs), panels.form, panels.json),
    showTab,
    /** `data` and `set` of the request. Throws a `FieldError`. */
    request() {
      if (shown === 'json') return { data: parse() };
      if (exact.checked) return { data: data() };
      // The sample can have the chosen value by chance, and the event another one.
      const set = form.chosen();
      return Object.keys(set).length ? { set } : {};
    },
  };
}

/** @param {any} object @param {string[]} names @param {any} value */
function place(object, names, value) {
  const parent = names.slice(0, -1).reduce((at, name) => at[name], object);
  parent[names[names.length - 1]] = value;
}
