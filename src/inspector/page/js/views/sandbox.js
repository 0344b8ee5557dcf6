// The sandbox: its objects, request log, faults and state on the left, what happens because of them on the right.

import { fill, h } from '../dom.js';
import { address } from '../route.js';
import { emptyState } from '../toast.js';
import { createArrivals } from './arrivals.js';
import { createFaults } from './sandbox/faults.js';
import { createList } from './sandbox/list.js';
import { createLog } from './sandbox/log.js';
import { createObject } from './sandbox/object.js';
import { SECTIONS } from './sandbox/sections.js';
import { createState } from './sandbox/state.js';

const TOOLS = [
  { name: 'log', title: 'Request log' },
  { name: 'faults', title: 'Faults and clock' },
  { name: 'state', title: 'State' },
];

/** @type {any} */
let page = null;

/** @param {HTMLElement} root @param {Record<string, string>} params @param {any} config */
function mount(root, params, config) {
  root.append(h('h1', { class: 'visually-hidden' }, 'Sandbox'));
  if (!config.sandbox) {
    root.append(emptyState({ title: 'There is no sandbox here', text: 'Start one with `cstar sandbox`, and its page shows tickets, webhooks, faults and more.' }));
    return;
  }
  const navigation = h('nav', { class: 'sections', 'aria-label': 'Sandbox' });
  const content = h('div', { class: 'section' });
  const arrivals = createArrivals({
    empty: 'No events yet. Change a ticket, and its event appears here with the answer of your handler. `cstar listen --sandbox` has to run.',
  });
  /** @type {any} */
  let shown = null;

  /** What the user does next causes the events from now on. @param {{ resource: string | null }} cause */
  const changed = ({ resource }) => arrivals.expect({ resource, since: Date.now() - 1000 });

  /** @param {Record<string, string>} next */
  const show = (next) => {
    const name = [...SECTIONS, ...TOOLS].some((one) => one.name === next.show) ? next.show : SECTIONS[0].name;
    fill(navigation, [...SECTIONS, ...TOOLS].map((one) => link(one, name)));
    showCurrent(navigation);
    const key = `${name} ${next.id ?? ''}`;
    if (shown?.key === key) return shown.part.update?.(next);
    shown?.part.dispose();
    shown = { key, part: create(name, next, changed) };
    fill(content, shown.part.element);
  };

  root.append(navigation, content, arrivals.element);
  root.classList.add('three-columns');
  page = {
    show,
    dispose() {
      shown?.part.dispose();
      arrivals.dispose();
    },
  };
  show(params);
}

/** @param {{ name: string, title: string }} section @param {string} current */
const link = ({ name, title }, current) =>
  h('a', { href: address('sandbox', { show: name }), 'aria-current': name === current ? 'page' : null }, title);

/** In a narrow window the links are one line that scrolls. @param {HTMLElement} navigation */
function showCurrent(navigation) {
  const current = /** @type {HTMLElement | null} */ (navigation.querySelector('[aria-current]'));
  if (current) navigation.scrollLeft = current.offsetLeft - navigation.offsetLeft - (navigation.clientWidth - current.offsetWidth) / 2;
}

/** @param {string} name @param {Record<string, string>} params @param {any} changed */
function create(name, params, changed) {
  if (name === 'log') return createLog(params);
  if (name === 'faults') return createFaults();
  if (name === 'state') return createState();
  const section = /** @type {import('./sandbox/sections.js').Section} */ (SECTIONS.find((one) => one.name === name));
  return params.id ? createObject(section, params.id, changed) : createList(section, params);
}

export default {
  title: 'Sandbox',
  mount,
  /** @param {Record<string, string>} params */
  update: (params) => page?.show(params),
  unmount() {
    page?.dispose();
    page = null;
  },
};
