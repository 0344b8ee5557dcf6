// "Again with priority urgent": the last request once more, with one other value.

import { createField } from '../../fields.js';
import { fill, h } from '../../dom.js';
import { otherValue } from './sample.js';

/** Members that people vary most, in this order. */
const FAVOURITES = ['priority', 'status', 'sentiment', 'rating', 'level'];

/** @param {import('../../fields.js').Field[]} fields @param {(set: Record<string, any>) => void} send */
export function createAgain(fields, send) {
  const favourite = FAVOURITES.flatMap((name) => fields.filter(({ label }) => label === name))[0] ?? fields[0];
  const member = h('select', { id: 'again-member' }, fields.map(({ path }) => h('option', { value: path }, path)));
  const slot = h('div', { class: 'again-value' });
  const button = h('button', { type: 'button', onclick: () => run() });
  const element = h(
    'fieldset',
    { class: 'again', hidden: true },
    h('legend', null, 'Send the last one again'),
    h('div', { class: 'field' }, h('label', { for: 'again-member' }, 'With another'), member),
    slot,
    button,
  );
  /** @type {any} */
  let control = null;
  /** @type {any} */
  let last = {};
  member.value = favourite?.path ?? '';

  const chosen = () => fields.find(({ path }) => path === member.value) ?? favourite;

  const run = () => {
    try {
      send({ [chosen().path]: control.read() });
    } catch {
      control.input.setAttribute('aria-invalid', 'true');
      control.input.focus();
    }
  };

  const name = () => fill(button, `Again with ${chosen().label} ${control.input.value}`);

  const draw = () => {
    const field = chosen();
    const present = last.set?.[field.path] ?? field.value;
    control = createField({ ...field, label: 'Value', value: otherValue(field, present) });
    control.input.addEventListener('input', name);
    control.input.addEventListener('change', name);
    fill(slot, control.element);
    name();
  };

  member.addEventListener('change', draw);

  return {
    element,
    /** Offers to repeat a request. @param {any} request */
    show(request) {
      last = request;
      element.hidden = false;
      draw();
    },
  };
}
