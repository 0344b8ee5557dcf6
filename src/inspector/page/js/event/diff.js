// Compares an event with another one, with its template, or the answers of two attempts. What it compares with is in
// the address.

import { fill, h } from '../dom.js';
import { get } from '../api.js';
import { shortTarget, timeOf } from '../format.js';
import { isPersonal } from '../mask.js';
import { patch } from '../route.js';
import { load, save } from '../storage.js';
import { errorState } from '../toast.js';
import { inline, pretty, tryJson } from './json.js';
import { compare, compareLines, isIdOrTime, MOST } from './jsondiff.js';

const CONTEXT = 3;
const LINES_SHOWN = 3000;

/** @param {any} event @param {Record<string, string>} params */
export function diffSection(event, params) {
  const choices = choicesOf(event);
  if (!choices.length) return h('p', { class: 'muted' }, 'There is nothing to compare with yet.');
  const chosen = choices.find((choice) => choice.id === params.with) ?? choices[0];
  const content = h('div', null, h('p', { class: 'loading' }, 'Loading …'));
  const select = h('select', { id: 'diff-with', onchange: () => patch({ with: select.value }) },
    choices.map(({ id, label }) => h('option', { value: id, selected: id === chosen.id }, label)));
  const lines = h('input', { type: 'checkbox', checked: load('diff-lines') === 'on' });
  const noise = h('input', { type: 'checkbox', checked: load('diff-noise') !== 'on' });
  /** @type {{ before: any, after: any } | null} */
  let pair = null;
  const draw = () => {
    save('diff-lines', lines.checked ? 'on' : 'off');
    save('diff-noise', noise.checked ? 'off' : 'on');
    if (pair) fill(content, lines.checked ? lineView(pair) : pathView(pair, noise.checked));
  };
  lines.addEventListener('change', draw);
  noise.addEventListener('change', draw);
  const start = () => chosen.load().then((loaded) => { pair = loaded; draw(); }, (error) => fill(content, errorState(error, start)));
  void start();
  return [h('div', { class: 'toolbar section-bar' },
    h('label', { for: 'diff-with', class: 'label' }, 'Compare with'), select,
    h('label', { class: 'check' }, lines, 'Lines'),
    h('label', { class: 'check' }, noise, 'Hide ids and times')), content];
}

/** @param {any} event @returns {{ id: string, label: string, load: () => Promise<{ before: any, after: any }> }[]} */
function choicesOf(event) {
  const after = () => readable(event.body);
  const other = async (/** @type {number} */ key) => ({ before: readable((await get(`events/${key}`)).body), after: after() });
  const choices = [];
  if (event.previous_of_type) choices.push({ id: 'type', label: `the previous ${event.type}`, load: () => other(event.previous_of_type.key) });
  if (event.previous) choices.push({ id: 'resource', label: `the previous event of the resource (${event.previous.type})`, load: () => other(event.previous.key) });
  if (event.source_id) choices.push({ id: 'source', label: 'the event that was edited', load: () => other(event.source_id) });
  if (event.type) choices.push({ id: 'template', label: 'the template of the type', load: async () => ({ before: await get(`events/${event.key}/template`), after: after() }) });
  return [...choices, ...answersOf(event)];
}

/** Pairs of answers: neighbours of the same target, and the last ones of different targets. @param {any} event */
function answersOf(event) {
  const answered = event.attempts.filter((/** @type {any} */ attempt) => attempt.status !== null);
  const byTarget = Map.groupBy ? Map.groupBy(answered, (/** @type {any} */ attempt) => attempt.target) : new Map();
  const pairs = [];
  for (const [target, list] of byTarget) {
    for (let at = list.length - 1; at > 0 && pairs.length < 10; at -= 1) {
      pairs.push(pair(list[at - 1], list[at], `answers ${list[at - 1].attempt} and ${list[at].attempt} of ${shortTarget(target)}`));
    }
  }
  const last = [...byTarget.values()].map((list) => list.at(-1));
  for (const one of last.slice(1, 6)) pairs.push(pair(last[0], one, `the last answers of ${shortTarget(last[0].target)} and ${shortTarget(one.target)}`));
  return pairs;
}

/** @param {any} first @param {any} second @param {string} label */
function pair(first, second, label) {
  const value = (/** @type {any} */ attempt) => ({ status: attempt.status, body: readable(attempt.response_body), headers: Object.fromEntries(attempt.response_headers) });
  const name = (/** @type {any} */ attempt) => `${attempt.target}#${attempt.attempt}`;
  return { id: `${name(first)}:${name(second)}`, label: `${label} (${timeOf(second.started_at)})`, load: async () => ({ before: value(first), after: value(second) }) };
}

/** JSON as a value, anything else as text. @param {string} text */
const readable = (text) => tryJson(text) ?? text;

/** @param {{ before: any, after: any }} pair @param {boolean} quiet */
function pathView({ before, after }, quiet) {
  const all = compare(before, after);
  const shown = quiet ? all.filter((item) => !isIdOrTime(item)) : all;
  const hidden = all.length - shown.length;
  const note = hidden > 0 && h('p', { class: 'hint block' }, `${hidden} more differ only in ids and times.`);
  if (!shown.length) return [h('p', { class: 'same' }, 'No difference.'), note];
  const value = (/** @type {any} */ item, /** @type {string} */ name) => (item === undefined ? h('span', { class: 'muted' }, '–') : h('span', { class: isPersonal(name, item) ? 'personal' : null }, shorten(inline(item))));
  return [
    h('div', { class: 'scroll-x' }, h('table', { class: 'data diff' },
      h('thead', null, h('tr', null, ['Path', 'Before', 'After'].map((title) => h('th', { scope: 'col' }, title)))),
      h('tbody', null, shown.map((item) => h('tr', { class: item.kind },
        h('th', { scope: 'row', class: 'mono' }, item.path, h('span', { class: 'visually-hidden' }, ` ${item.kind}`)),
        h('td', { class: 'mono before' }, value(item.before, item.name)),
        h('td', { class: 'mono after' }, value(item.after, item.name))))))),
    all.length >= MOST && h('p', { class: 'hint' }, `Only the first ${MOST} differences are shown.`),
    note,
  ];
}

/** @param {string} text */
const shorten = (text) => (text.length > 600 ? `${text.slice(0, 600)}…` : text);

/** @param {{ before: any, after: any }} pair */
function lineView({ before, after }) {
  const text = (/** @type {any} */ value) => (typeof value === 'string' ? value : pretty(value));
  const lines = compareLines(text(before), text(after));
  if (lines.every((line) => line.kind === 'same')) return h('p', { class: 'same' }, 'No difference.');
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.kind !== 'same'));
  const out = [];
  for (let at = 0; at < lines.length && out.length < LINES_SHOWN; at += 1) {
    const { kind, text: content } = lines[at];
    const sign = { same: ' ', added: '+', removed: '-' }[kind];
    if (near[at]) out.push(h('span', { class: `diff-line ${kind}` }, `${sign} ${content}\n`));
    else if (near[at - 1] || at === 0) out.push(h('span', { class: 'diff-line fold' }, '  ⋯\n'));
  }
  return h('pre', { class: 'diff-lines personal', tabindex: 0 }, out);
}
