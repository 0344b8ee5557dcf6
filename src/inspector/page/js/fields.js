// Inputs for JSON values: used by the form of an event and by the forms of the sandbox. A form reports only what the
// user changed.

import { h } from './dom.js';
import { codeSpans } from './toast.js';

/**
 * @typedef {'text' | 'long' | 'number' | 'boolean' | 'choice' | 'list' | 'json'} Kind
 * @typedef {{ path: string, label: string, kind: Kind, value?: any, choices?: any[], required?: boolean,
 *   nullable?: boolean, hint?: string, group?: string, type?: string, names?: string[] }} Field
 */

/** A value that an input cannot turn into JSON. */
export class FieldError extends Error {
  /** @param {string} message @param {HTMLElement} input */
  constructor(message, input) {
    super(message);
    this.input = input;
  }
}

let ids = 0;

/** Tags and similar lists are written with commas between them. @param {string} text */
const items = (text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

/** What an input shows for a value. @param {Kind} kind @param {any} value @returns {string} */
function shown(kind, value) {
  if (value === null || value === undefined) return '';
  if (kind === 'list') return value.join(', ');
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @param {Field} field @param {string} text @param {any} input */
function parsed(field, text, input) {
  if (field.kind === 'list') return items(text);
  if (text === '' && field.nullable) return null;
  if (field.kind === 'number') {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) throw new FieldError(`${field.label} is not a number`, input);
    return number;
  }
  if (field.kind === 'json') {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new FieldError(`${field.label} is not JSON: ${/** @type {Error} */ (error).message}`, input);
    }
  }
  if (field.kind === 'boolean' || field.kind === 'choice') {
    const choice = (field.choices ?? [true, false]).find((item) => String(item) === text);
    return choice === undefined ? text : choice;
  }
  return text;
}

/** @param {Field} field @param {string} id */
function inputFor(field, id) {
  const { kind } = field;
  const value = shown(kind, field.value);
  const common = { id, required: field.required, 'aria-describedby': field.hint ? `${id}-hint` : null };
  if (kind === 'choice' || kind === 'boolean') {
    const choices = [...(field.choices ?? [true, false])];
    // A sample or an object may have a value that is not in the documentation.
    if (value !== '' && !choices.some((choice) => String(choice) === value)) choices.unshift(value);
    const empty = field.nullable || value === '' ? [h('option', { value: '' }, '–')] : [];
    const options = choices.map((choice) => h('option', { value: String(choice) }, choice));
    const select = h('select', common, empty, options);
    select.value = value;
    return select;
  }
  if (kind === 'long' || kind === 'json') {
    const rows = Math.min(10, Math.max(3, value.split('\n').length));
    return h('textarea', { ...common, rows, value, spellcheck: kind === 'json' ? 'false' : null });
  }
  const type = field.type ?? 'text';
  const mode = kind === 'number' ? 'decimal' : null;
  return h('input', { ...common, type, inputmode: mode, value, autocomplete: 'off', spellcheck: 'false' });
}

/**
 * One labelled input. `read` returns its value, `isChanged` whether the user changed it, `isChosen` also whether the user
 * chose the value that it had.
 * @param {Field} field
 */
export function createField(field) {
  ids += 1;
  const id = `field-${ids}`;
  let original = shown(field.kind, field.value);
  let touched = false;
  const input = inputFor(field, id);
  const element = h(
    'div',
    { class: `field field-${field.kind}`, 'data-path': field.path },
    h('label', { for: id }, field.label, field.required && h('span', { class: 'required' }, ' (required)')),
    input,
    field.hint && h('p', { class: 'hint', id: `${id}-hint` }, codeSpans(field.hint)),
  );
  const control = {
    field,
    element,
    input,
    isChanged: () => input.value !== original,
    isChosen: () => touched || input.value !== original,
    read: () => parsed(field, input.value, input),
    /** @param {any} value */
    set(value) {
      input.value = shown(field.kind, value);
      mark();
    },
    reset() {
      input.value = original;
      touched = false;
      mark();
    },
    /** The present value is the one that later changes are compared with. */
    accept() {
      original = input.value;
      mark();
    },
  };
  const mark = () => element.classList.toggle('edited', control.isChanged());
  input.addEventListener('input', mark);
  input.addEventListener('change', () => {
    touched = true;
    mark();
  });
  return control;
}

/**
 * Inputs for several fields; fields with the same `group` that follow each other are in one `fieldset`.
 * @param {Field[]} fields
 */
export function createFields(fields) {
  const controls = fields.map(createField);
  const element = h('div', { class: 'fields' });
  /** @type {HTMLElement} */
  let parent = element;
  let group = '';
  for (const control of controls) {
    const next = control.field.group ?? '';
    if (next !== group) {
      group = next;
      parent = next ? h('fieldset', null, h('legend', null, next)) : element;
      if (next) element.append(parent);
    }
    parent.append(control.element);
  }
  return {
    element,
    controls,
    /** The values that the user changed, by path. */
    changes: () =>
      Object.fromEntries(controls.filter((one) => one.isChanged()).map((one) => [one.field.path, one.read()])),
    /** The same with those whose present value the user chose. */
    chosen: () => Object.fromEntries(controls.filter((one) => one.isChosen()).map((one) => [one.field.path, one.read()])),
    /** Marks the input of a member that the server refused. @param {string | null} path */
    blame(path) {
      for (const { field, input } of controls) {
        if (path !== null && field.path === path) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
      }
      const blamed = controls.find(({ field }) => field.path === path);
      blamed?.input.focus();
      return blamed !== undefined;
    },
    accept: () => controls.forEach((control) => control.accept()),
    reset: () => controls.forEach((control) => control.reset()),
  };
}
