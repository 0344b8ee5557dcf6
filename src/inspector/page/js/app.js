// The inspector page: navigation, connection state, title and icon. Views do the rest.
//
// # How to write a view
//
// A view is a module in `views/` that exports `default { title, mount(root, params), update(params), unmount() }`,
// and has a line in `VIEWS` below.
//
// - `mount` gets an empty element and the parameters of the address (`#/name?a=b` is `{ a: 'b' }`). It may be async:
//   the page shows `Loading …` until it put something into `root`, and an error state with `Try again` if it throws.
// - `update` is called when the parameters changed while the view is open. What the user may want to keep, share or
//   reload belongs in the address: read `params`, write with `patch({ a: 'c' })` of `route.js`.
// - `unmount` removes subscriptions (`live.js`), keys (`keys.js`) and timers. Both return their remover when added.
// - Elements come from `h()` and `svg()` of `dom.js`. Strings become text nodes in which hidden and bidi characters
//   are shown as marks. Nothing may use markup strings, `style` attributes, `eval` or a foreign address: the content
//   security policy refuses them. Use classes, or custom properties: `h('i', { vars: { '--w': '40%' } })`.
// - Requests go through `get`, `post` and `cstar` of `api.js`; show a failure with `toastError`, or `errorState` of
//   `toast.js` if nothing can be shown. A list without content shows `emptyState`, with a command that fills it.
// - Every key in `addKeys` also is a button with a name. Dialogs: `openDialog` and `confirm` of `dialog.js`.
// - Values that identify people go into an element with the class `personal`, which the masked mode blurs.
// - Styles of a view are in a file of their own in the folder of `style.css`, linked in `index.html`; colours and
//   sizes are the custom properties at the top of `style.css`. Classes that exist: `button.primary|ghost|danger`,
//   `.icon-button`, `.badge.ok|warn|bad|quiet`, `.panel`, `.toolbar`, `.field`, `.check`, `table.data`, `.tabs`,
//   `.facts`, `.mono`, `.muted`, `.hint`, `.state`, `.loading`, `.visually-hidden`, `.page` (a column with a margin).

import { fill, h, icon } from './dom.js';
import * as api from './api.js';
import * as live from './live.js';
import * as route from './route.js';
import { addKeys, showHelp } from './keys.js';
import { maskButton } from './mask.js';
import { themeButton, applyTheme } from './theme.js';
import { emptyState, errorState } from './toast.js';
import { watchFailures } from './failures.js';
import { signIn } from './sign_in.js';
import { prefetchAll } from './early.js';
import events from './views/events.js';

/** @typedef {{ title: string, mount: (root: HTMLElement, params: route.Params, config: any) => any,
 *   update: (params: route.Params) => void, unmount: () => void }} View */

/** @type {Record<string, { title: string, load: () => Promise<{ default: View }> | { default: View } }>} */
const VIEWS = {
  events: { title: 'Events', load: () => ({ default: events }) },
  trigger: { title: 'Trigger', load: () => import('./views/trigger.js') },
  sandbox: { title: 'Sandbox', load: () => import('./views/sandbox.js') },
  health: { title: 'Health', load: () => import('./views/health.js') },
};

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const nav = /** @type {HTMLElement} */ (document.getElementById('nav'));
const tools = /** @type {HTMLElement} */ (document.getElementById('tools'));
const notice = /** @type {HTMLElement} */ (document.getElementById('notice'));

/** @type {{ name: string, view: View | null }} */
let shown = { name: '', view: null };
/** @type {any} */
let config = null;
const failures = watchFailures(() => setTitle());
/** The last parameters of each view, so that the navigation returns to them. @type {Record<string, route.Params>} */
const last = {};

async function show() {
  const { view: wanted, params } = route.current();
  const name = wanted in VIEWS ? wanted : 'events';
  last[name] = params;
  drawNavigation(name);
  if (shown.name === name && shown.view) {
    shown.view.update(params);
    return;
  }
  shown.view?.unmount();
  shown = { name, view: null };
  setTitle();
  const root = h('div', { class: `view view-${name}` }, h('p', { class: 'loading' }, 'Loading …'));
  fill(main, root);
  try {
    const { default: view } = await VIEWS[name].load();
    if (shown.name !== name || !root.isConnected) return;
    fill(root);
    shown.view = view;
    await view.mount(root, route.current().params, config);
  } catch (error) {
    if (!root.isConnected) return;
    shown.view?.unmount();
    shown = { name: '', view: null };
    fill(root, errorState(error, () => void show()));
  }
}

/** The links of the navigation; their addresses follow the state of the views. */
const links = Object.entries(VIEWS).map(([key, { title }]) => ({ key, link: h('a', null, title) }));
fill(nav, links.map(({ link }) => link));

/** @param {string} name */
function drawNavigation(name) {
  for (const { key, link } of links) {
    link.setAttribute('href', route.address(key, last[key]));
    if (key === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

// Links of the page change the address without a reload; the browser reports that as `popstate`, which `route.js` hears.

function setTitle() {
  const title = VIEWS[shown.name]?.title ?? 'Events';
  const failed = failures.count();
  document.title = `${failed ? `(${failed} failed) ` : ''}${title} · cStar inspector`;
}

function drawTools() {
  const state = h('span', { class: 'live connecting', role: 'status' });
  live.subscribe({
    state: (now) => {
      const words = { live: 'Live', connecting: 'Connecting', offline: 'Disconnected' };
      state.className = `live ${now}`;
      fill(state, h('span', { class: 'live-text' }, words[now]));
      state.title = config?.base_url ? `${words[now]}: ${config.team ?? 'no team'}, ${config.environment ?? ''}, ${config.base_url}` : words[now];
      notice.hidden = now !== 'offline';
      fill(notice, now === 'offline' && 'Disconnected from the inspector, trying again. What you see may be old.');
    },
  });
  const mask = maskButton();
  const help = h('button', { class: 'ghost icon-button', 'aria-label': 'Keyboard help', title: 'Keyboard help (?)', onclick: showHelp }, icon('help'));
  const where = config?.environment && h('span', { class: 'where' }, config.sandbox ? 'sandbox' : config.environment);
  fill(tools, where, state, mask.button, themeButton(), help);
  addKeys([
    ...Object.entries(VIEWS).map(([key, { title }]) => ({
      keys: `g ${key[0]}`, label: title, group: 'Go to', run: () => route.go(key, last[key]),
    })),
    { keys: '?', label: 'Show this help', group: 'Page', run: showHelp },
    { keys: 'm', label: 'Hide or show personal data', group: 'Page', run: mask.toggle },
  ]);
}

async function begin() {
  applyTheme();
  // A view of this page still works without its configuration; without a session, nothing does.
  try {
    if (await api.openSession()) prefetchAll();
    config = await api.get('config');
  } catch (error) {
    if (/** @type {any} */ (error).status === 401 || /** @type {any} */ (error).status === 403) return askForToken();
    return fill(main, errorState(error, () => void begin()));
  }
  api.onSignedOut(askForToken);
  drawTools();
  live.start();
  failures.start();
  route.onChange(() => void show());
  await show();
}

function askForToken() {
  shown.view?.unmount();
  shown = { name: '', view: null };
  fill(main, signIn(() => location.reload()));
}

addEventListener('hashchange', () => {
  if (/[#&?]token=/.test(location.hash)) api.openSession().then(() => location.reload(), (error) => fill(main, emptyState({ title: error.message, text: error.hint, kind: 'bad' })));
});

void begin();
