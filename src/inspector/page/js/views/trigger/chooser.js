// The list of event types by category, with a search. A list box has one tab stop, and arrows and letters move in it;
// phones show it as their own picker.

import { fill, h } from '../../dom.js';
import { plural } from '../../format.js';

/** @param {any[]} types @param {(type: string) => void} choose */
export function createChooser(types, choose) {
  const categories = [...new Set(types.map(({ category }) => category))];
  const search = h('input', { type: 'search', id: 'type-search', placeholder: 'ticket, level, …', autocomplete: 'off', spellcheck: 'false' });
  const list = h('select', { id: 'type-list', size: 16 });
  const found = h('p', { class: 'hint', role: 'status' });
  let selected = '';

  const draw = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = types.filter(({ type, description, category }) => {
      const text = `${type} ${description} ${category}`.toLowerCase();
      return words.every((/** @type {string} */ word) => text.includes(word));
    });
    const groups = categories.map((category) => {
      const own = fits.filter((one) => one.category === category);
      return own.length > 0 && h('optgroup', { label: category[0].toUpperCase() + category.slice(1) }, own.map(({ type }) => h('option', { value: type }, type)));
    });
    fill(list, ...groups);
    list.value = selected;
    fill(found, words.length ? plural(fits.length, 'type') : '');
    return fits;
  };

  search.addEventListener('input', draw);
  search.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.focus();
    } else if (event.key === 'Enter') {
      const [first] = draw();
      if (first) choose(first.type);
    }
  });
  list.addEventListener('change', () => choose(list.value));
  draw();

  return {
    element: h(
      'section',
      { class: 'chooser panel', 'aria-label': 'Event types' },
      h('div', { class: 'field' }, h('label', { for: 'type-search' }, 'Search types'), search, found),
      h('div', { class: 'field' }, h('label', { for: 'type-list' }, 'Type'), list),
    ),
    /** @param {string} type */
    select(type) {
      selected = type;
      list.value = type;
      if (list.value !== type) {
        // The search hides it: the type came from the address.
        search.value = '';
        draw();
      }
    },
  };
}
