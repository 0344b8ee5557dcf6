// How the signature of each attempt is made, step by step, and whether it was right.

import { get } from '../api.js';
import { copyText } from '../dialog.js';
import { fill, h } from '../dom.js';
import { codeSpans, toast, toastError } from '../toast.js';
import { shortTarget, size } from '../format.js';

const BODY_SHOWN = 160;

/** @param {any} event */
export function signatureSection(event) {
  const list = event.signature ?? [];
  if (event.signature_pending) return h('p', { class: 'muted' }, 'Looking up the signing secret …');
  if (!list.length) {
    return h('p', { class: 'muted' }, event.attempts.length ? 'No signature is kept: the history has the headers of attempts that failed.' : 'There was no attempt.');
  }
  return [secretButton(), [...list].reverse().slice(0, 10).map((one) => steps(one, event))];
}

/** The secret comes to the page only when it is asked for, and leaves it with this part of the event. */
function secretButton() {
  const place = h('div', { class: 'toolbar section-bar' });
  const show = async () => {
    try {
      const { secret } = await get('secret');
      const copy = h('button', { class: 'small', onclick: async () => (await copyText(secret)) && toast('Copied the signing secret', { kind: 'ok' }) }, 'Copy');
      fill(place, h('span', { class: 'label' }, 'Signing secret'), h('code', { class: 'personal' }, secret), copy, h('button', { class: 'ghost small', onclick: hide }, 'Hide'));
    } catch (error) {
      toastError(error);
    }
  };
  const hide = () => fill(place, h('button', { class: 'small', onclick: show }, 'Show the signing secret'));
  hide();
  return place;
}

/** @param {any} one @param {any} event */
function steps(one, event) {
  const title = h('h3', null, `Attempt ${one.attempt} to ${shortTarget(one.target)} `,
    h('span', { class: `badge ${one.valid ? 'ok' : one.valid === null ? 'quiet' : 'bad'}` }, one.valid ? 'signature is right' : one.valid === null ? 'not checked' : 'signature is wrong'));
  const when = one.timestamp === null ? '' : new Date(one.timestamp * 1000).toISOString().replace('.000Z', 'Z');
  const body = event.body.slice(0, BODY_SHOWN);
  const again = one.reconstructed && h('p', { class: 'hint' }, 'Computed again: the headers of an attempt that succeeded are not kept.');
  return h('section', { class: 'signature block' }, title, again, h('ol', { class: 'steps' },
    step('The header that was sent', h('code', { class: 'wrap' }, one.header ?? 'none')),
    one.timestamp !== null && step('Its time, in unix seconds', h('code', null, `t=${one.timestamp}`), ` is ${when}`),
    one.signed_prefix !== null && step(`The signed bytes (${size(one.signed_bytes)}): time, dot, body`, h('code', { class: 'wrap' }, h('mark', null, one.signed_prefix), h('span', { class: 'personal' }, body), event.body.length > BODY_SHOWN && '…')),
    step('HMAC-SHA256 of them with the signing secret', h('code', { class: 'wrap' }, one.expected ?? 'unknown: the secret is not known here')),
    step('The value that was sent', h('code', { class: 'wrap' }, one.sent === one.expected || !one.expected ? (one.sent ?? 'none') : differing(one.sent ?? 'none', one.expected))),
    step('Verdict', one.valid ? 'They are equal.' : one.valid === null ? 'The signing secret is not known here, so this cannot be checked.' : 'They differ.', (one.causes ?? []).map((/** @type {string} */ cause) => h('p', { class: one.valid ? 'hint' : 'error-text' }, codeSpans(cause))))));
}

/** @param {string} name @param {any[]} value */
const step = (name, ...value) => h('li', null, h('span', { class: 'label' }, name), h('div', null, value));

/** The first part that differs is marked. @param {string} sent @param {string} expected */
function differing(sent, expected) {
  let at = 0;
  while (at < sent.length && sent[at] === expected[at]) at += 1;
  return [sent.slice(0, at), h('mark', { class: 'wrong' }, sent.slice(at))];
}
