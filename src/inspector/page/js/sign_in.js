// What the page shows without a session: how to get the address with the token, or a field for the token.

import { h } from './dom.js';
import { enterToken } from './api.js';
import { toastError } from './toast.js';

/** @param {() => void} done */
export function signIn(done) {
  const field = h('input', { type: 'password', id: 'token', autocomplete: 'off', spellcheck: 'false', required: true });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      await enterToken(field.value.trim().replace(/^.*token=/, ''));
      done();
    } catch (error) {
      toastError(error);
    }
  };
  return h(
    'div',
    { class: 'state' },
    h('h1', { class: 'state-title' }, 'This page needs its token'),
    h('p', null, 'Open the address that ', h('code', null, 'cstar ui'), ' or ', h('code', null, 'cstar listen --ui'), ' printed, or paste it here.'),
    h('form', { class: 'sign-in', onsubmit: submit },
      h('label', { for: 'token' }, 'Address or token'),
      field,
      h('button', { class: 'primary' }, 'Open')),
  );
}
