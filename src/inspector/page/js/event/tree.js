// JSON as a tree that folds. Large values are bounded: children are made when a node opens, a hundred at a time, and
// long strings are cut until they are asked for.

import { append, h, plain } from '../dom.js';
import { copyText } from '../dialog.js';
import { isPersonal } from '../mask.js';
import { toast } from '../toast.js';
import { childPath, condition, ExactNumber, isContainer, members } from './json.js';

/** The value of each node. @type {WeakMap<HTMLElement, any>} */
const values = new WeakMap();
const CHUNK = 100;
const LONG = 400;
/** Nodes that are open at first. */
const OPEN_DEPTH = 4;
const OPEN_BUDGET = 250;

/** @param {any} value @param {string} label @param {(condition: string) => void} [filter] Called to list events with the same value. */
export function jsonTree(value, label, filter) {
  const tree = h('ul', { class: 'tree', role: 'tree', 'aria-label': label, 'data-own-keys': true });
  const budget = { left: OPEN_BUDGET };
  if (isContainer(value)) addChildren(tree, value, '', 0, budget);
  else append(tree, node(null, value, '', 0, budget));
  tree.querySelector('[role=treeitem]')?.setAttribute('tabindex', '0');
  const filterBy = (/** @type {HTMLElement} */ item) => filter?.(condition(item.getAttribute('data-path') ?? '', values.get(item)));
  tree.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => onKey(event, filterBy));
  tree.addEventListener('click', (/** @type {MouseEvent} */ event) => onClick(event, filterBy));
  return tree;
}

/** @param {HTMLElement} list @param {any} value @param {string} path @param {number} depth @param {{ left: number }} budget */
function addChildren(list, value, path, depth, budget, from = 0) {
  const all = members(value);
  for (const [name, item] of all.slice(from, from + CHUNK)) {
    append(list, node(name, item, childPath(path, name, Array.isArray(value)), depth, budget, Array.isArray(value)));
  }
  const left = all.length - from - CHUNK;
  if (left <= 0) return;
  const more = h('li', { role: 'treeitem', class: 'more', tabindex: -1 }, h('span', { class: 'node-line' }, `Show ${Math.min(left, CHUNK)} more of ${left}`));
  more.addEventListener('cstar-open', () => {
    more.remove();
    const before = list.children.length;
    addChildren(list, value, path, depth, { left: 0 }, from + CHUNK);
    focusItem(/** @type {HTMLElement} */ (list.children[before]));
  });
  append(list, more);
}

/** @param {string | null} name @param {any} value @param {string} path @param {number} depth @param {{ left: number }} budget */
function node(name, value, path, depth, budget, inArray = false) {
  const key = name !== null && h('button', { class: inArray ? 'key index' : 'key', tabIndex: -1, type: 'button', title: plain(`Copy the path ${path}`), 'data-path': path, 'aria-label': plain(`Copy the path ${path}`) }, name);
  const line = h('span', { class: 'node-line' }, key, key && h('span', { class: 'colon' }, ': '));
  const item = h('li', { role: 'treeitem', tabindex: -1, 'data-path': path }, line);
  values.set(item, value);
  if (!isContainer(value)) {
    append(line, scalar(name, value));
    return item;
  }
  const count = members(value).length;
  const words = Array.isArray(value) ? `[${count}]` : `{${count}}`;
  if (!count) {
    append(line, h('span', { class: 'punct' }, Array.isArray(value) ? '[]' : '{}'));
    return item;
  }
  append(line, h('span', { class: 'punct' }, words), h('span', { class: 'preview' }, preview(value)));
  const group = h('ul', { role: 'group' });
  item.append(group);
  item.classList.add('foldable');
  const setOpen = (/** @type {boolean} */ open) => {
    if (open && !group.children.length) addChildren(group, value, path, depth + 1, budget);
    item.setAttribute('aria-expanded', String(open));
  };
  item.addEventListener('cstar-open', (/** @type {Event} */ event) => {
    event.stopPropagation();
    setOpen(item.getAttribute('aria-expanded') !== 'true');
  });
  const opens = depth < OPEN_DEPTH && budget.left > 0;
  if (opens) budget.left -= Math.min(count, CHUNK);
  setOpen(opens);
  return item;
}

/** Which members a folded object has. @param {any} value */
function preview(value) {
  if (Array.isArray(value)) return '';
  const names = Object.keys(value);
  return ` ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
}

/** @param {string | null} name @param {any} value */
function scalar(name, value) {
  const personal = isPersonal(name, value) ? ' personal' : '';
  if (typeof value !== 'string') {
    const kind = value instanceof ExactNumber || typeof value === 'number' ? 'number' : 'word';
    return h('span', { class: `${kind}${personal}` }, value instanceof ExactNumber ? value.source : String(value));
  }
  const quoted = (/** @type {string} */ text) => `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`;
  if (value.length <= LONG) return h('span', { class: `string${personal}` }, quoted(value));
  const short = h('span', { class: `string${personal}` }, `${quoted(value.slice(0, LONG)).slice(0, -1)}…`);
  const more = h('button', { class: 'ghost small', tabIndex: -1, type: 'button', onclick: () => {
    short.replaceWith(h('span', { class: `string${personal}` }, quoted(value)));
    more.remove();
  } }, `${value.length} characters, show all`);
  return [short, more];
}

/** @param {Element} item */
const open = (item) => item.dispatchEvent(new CustomEvent('cstar-open'));

/** @param {MouseEvent} event @param {(item: HTMLElement) => void} filterBy */
function onClick(event, filterBy) {
  const target = /** @type {HTMLElement} */ (event.target);
  const item = /** @type {HTMLElement | null} */ (target.closest('[role=treeitem]'));
  if (!item) return;
  const key = target.closest('button.key');
  if (key && event.shiftKey) filterBy(item);
  else if (key) void copyPath(item);
  else if (!target.closest('button') && target.closest('.node-line, .more') && !getSelection()?.toString()) open(item);
  focusItem(item);
}

/** @param {HTMLElement} item */
async function copyPath(item) {
  const path = item.getAttribute('data-path') ?? '';
  if (await copyText(path)) toast(['Copied the path ', h('code', null, path)], { kind: 'ok' });
}

/** @param {HTMLElement | null | undefined} item */
function focusItem(item) {
  if (!item) return;
  const tree = item.closest('[role=tree]');
  for (const other of tree?.querySelectorAll('[role=treeitem][tabindex="0"]') ?? []) other.setAttribute('tabindex', '-1');
  item.setAttribute('tabindex', '0');
  item.focus({ preventScroll: false });
}

/** @param {KeyboardEvent} event @param {(item: HTMLElement) => void} filterBy */
function onKey(event, filterBy) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[role=treeitem]'));
  const tree = item?.closest('[role=tree]');
  if (!item || !tree) return;
  const visible = [...tree.querySelectorAll('[role=treeitem]')].filter((one) => !one.parentElement?.closest('[aria-expanded="false"]'));
  const at = visible.indexOf(item);
  const expanded = item.getAttribute('aria-expanded');
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowDown: () => focusItem(/** @type {any} */ (visible[at + 1])),
    ArrowUp: () => focusItem(/** @type {any} */ (visible[at - 1])),
    Home: () => focusItem(/** @type {any} */ (visible[0])),
    End: () => focusItem(/** @type {any} */ (visible.at(-1))),
    ArrowRight: () => (expanded === 'false' ? open(item) : focusItem(item.querySelector('[role=treeitem]'))),
    ArrowLeft: () => (expanded === 'true' ? open(item) : focusItem(item.parentElement?.closest('[role=treeitem]'))),
    Enter: () => open(item),
    ' ': () => open(item),
    c: () => void copyPath(item),
    f: () => filterBy(item),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  actions[event.key]();
}
