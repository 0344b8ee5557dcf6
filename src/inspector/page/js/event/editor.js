// Edit and send: a changed copy goes out as a new event with a new id. It is signed, and marked as edited.

import { fill, h } from '../dom.js';
import { get, post } from '../api.js';
import { openDialog } from '../dialog.js';
import { isMasked } from '../mask.js';
import { toastError } from '../toast.js';
import { confirmTargets, report, targetsOf } from './actions.js';
import { parseJson, pretty, tryJson } from './json.js';

/** @param {number} key @param {any} config @param {(key: number) => void} sent */
export async function editDialog(key, config, sent) {
  let event;
  try {
    event = await get(`events/${key}`);
  } catch (error) {
    return toastError(error);
  }
  const value = tryJson(event.body);
  const known = [...new Set([...config.targets, ...targetsOf(event)])];
  const area = h('textarea', { id: 'edit-body', class: 'mono editor', spellcheck: 'false', rows: 20, value: value === undefined ? event.body : pretty(value), 'aria-describedby': 'edit-check' });
  const type = h('input', { id: 'edit-type', required: true, value: event.type ?? '', spellcheck: 'false', autocomplete: 'off' });
  const target = h('input', { id: 'edit-target', type: 'url', list: 'edit-targets', placeholder: 'all targets of listen', autocomplete: 'off', value: config.targets.length ? '' : (known[0] ?? ''), required: !config.targets.length });
  const check = h('p', { id: 'edit-check', class: 'hint', role: 'status' });
  const submit = h('button', { class: 'primary' }, 'Send');
  const format = h('button', { type: 'button', onclick: () => {
    const parsed = tryJson(area.value);
    if (parsed !== undefined) area.value = pretty(parsed);
  } }, 'Format');

  const validate = () => {
    const problem = problemOf(area.value);
    if (problem) area.setAttribute('aria-invalid', 'true');
    else area.removeAttribute('aria-invalid');
    check.className = problem ? 'error-text' : 'hint';
    fill(check, problem ?? 'Valid JSON. The event gets a new id and a fresh signature, and is marked as edited.');
    submit.disabled = Boolean(problem);
    format.disabled = Boolean(problem);
    return !problem;
  };
  area.addEventListener('input', validate);

  const send = async (/** @type {Event} */ submitted) => {
    submitted.preventDefault();
    const to = target.value.trim();
    if (!validate() || !(await confirmTargets(to ? [to] : config.targets, 'The edited event'))) return;
    submit.disabled = true;
    try {
      const answer = await post('send', { from: event.key, type: type.value.trim(), body: area.value, ...(to ? { target: to } : {}) });
      dialog.close();
      report(answer.attempts);
      sent(answer.key);
    } catch (error) {
      toastError(error);
    } finally {
      submit.disabled = false;
    }
  };

  const dialog = openDialog('Edit and send',
    h('form', { onsubmit: send, class: 'edit-form' },
      h('div', { class: 'edit-row' },
        h('div', { class: 'field' }, h('label', { for: 'edit-type' }, 'Type'), type),
        h('div', { class: 'field' }, h('label', { for: 'edit-target' }, 'Target'), target)),
      h('datalist', { id: 'edit-targets' }, known.map((item) => h('option', { value: item }))),
      h('div', { class: 'field' }, h('label', { for: 'edit-body' }, 'Body'), area),
      check,
      h('div', { class: 'dialog-actions' }, format, submit)));
  dialog.classList.add('wide');
  validate();
  area.setSelectionRange(0, 0);
  (isMasked() ? type : area).focus();
  area.scrollTop = 0;
  area.setSelectionRange(0, 0);
}

/** Why a text is not JSON, with its line. @param {string} text @returns {string | null} */
function problemOf(text) {
  try {
    parseJson(text);
    return null;
  } catch (error) {
    const message = /** @type {Error} */ (error).message;
    const position = /position (\d+)/.exec(message);
    const line = position && !/line \d+/.test(message) ? ` (line ${text.slice(0, Number(position[1])).split('\n').length})` : '';
    return `Not valid JSON: ${message.replace(/^JSON\.parse: /, '')}${line}`;
  }
}
