// Replay: the same id and bytes with a fresh signature, to the same targets or to another one.

import { h } from '../dom.js';
import { post } from '../api.js';
import { confirm, openDialog } from '../dialog.js';
import { duration, isLoopback, plural, shortTarget, stateBadge } from '../format.js';
import { toast, toastError } from '../toast.js';

/** Asks before something is sent to a target that is not on this machine. @param {string[]} targets @param {string} what */
export async function confirmTargets(targets, what) {
  const remote = targets.filter((target) => !isLoopback(target));
  if (!remote.length) return true;
  const text = [`${what} goes to `, h('code', null, remote.join(', ')), ', which is not on this machine.'];
  return confirm({ title: 'Send to a remote target?', text, action: 'Send', danger: true });
}

/** Where an event went. @param {any} event @returns {string[]} */
export const targetsOf = (event) => event.deliveries.map((/** @type {any} */ delivery) => delivery.target);

/** @param {number[]} keys @param {any} config @param {{ choose?: boolean, targets?: string[] }} [options] */
export async function replayEvents(keys, config, { choose = false, targets } = {}) {
  if (!keys.length) return;
  const target = choose ? await chooseTarget([...new Set([...config.targets, ...(targets ?? [])])]) : null;
  if (choose && !target) return;
  if (!(await confirmTargets(target ? [target] : (targets?.length ? targets : config.targets), keys.length === 1 ? 'The event' : plural(keys.length, 'event')))) return;
  try {
    const { attempts } = await post('replay', target ? { keys, target } : { keys });
    report(attempts);
  } catch (error) {
    toastError(error);
  }
}

/** @param {any[]} attempts */
export function report(attempts) {
  const failed = attempts.filter((attempt) => attempt.outcome !== 'delivered');
  if (attempts.length === 1) {
    const [one] = attempts;
    const answer = one.status ? `HTTP ${one.status}` : (one.reason ?? one.outcome);
    toast([stateBadge(failed.length ? 'failed' : 'delivered', one.status), ` ${shortTarget(one.target)} answered ${answer} after ${duration(one.duration_ms)}`], { kind: failed.length ? 'bad' : 'ok' });
  } else if (failed.length) {
    toast(`${failed.length} of ${plural(attempts.length, 'delivery', 'deliveries')} failed`, { kind: 'bad', hint: failed[0].reason });
  } else {
    toast(`${plural(attempts.length, 'delivery', 'deliveries')} succeeded`, { kind: 'ok' });
  }
}

/** @param {string[]} known @returns {Promise<string | null>} */
function chooseTarget(known) {
  return new Promise((resolve) => {
    /** @type {string | null} */
    let chosen = null;
    const field = h('input', { id: 'replay-target', type: 'url', list: 'replay-targets', required: true, placeholder: 'http://localhost:3000/webhooks' });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      chosen = field.value.trim();
      dialog.close();
    };
    const dialog = openDialog('Replay to another target',
      h('form', { onsubmit: submit },
        h('div', { class: 'field' }, h('label', { for: 'replay-target' }, 'Target'), field),
        h('datalist', { id: 'replay-targets' }, known.map((value) => h('option', { value }))),
        h('div', { class: 'dialog-actions' }, h('button', { class: 'primary' }, 'Replay'))));
    dialog.addEventListener('close', () => resolve(chosen));
    field.focus();
  });
}
