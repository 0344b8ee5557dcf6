// Copies an event in a form for another tool.

import { getText } from '../api.js';
import { copyText } from '../dialog.js';
import { toast, toastError } from '../toast.js';

export const FORMS = [
  { form: 'curl', label: 'Signed curl command', done: 'Copied a signed curl command; its signature is valid for 5 minutes' },
  { form: 'fixture', label: 'Fixture (JSON)', done: 'Copied the fixture' },
  { form: 'har', label: 'HAR', done: 'Copied the HAR' },
  { form: 'why', label: 'cstar why', done: 'Copied the command' },
];

/** @param {number} key @param {string} form @param {string} [target] */
export async function copyAs(key, form, target) {
  try {
    const text = await getText(`events/${key}/copy`, { as: form, target });
    if (!(await copyText(text))) throw new Error('the browser did not allow the copy');
    toast(FORMS.find((item) => item.form === form)?.done ?? 'Copied', { kind: 'ok' });
  } catch (error) {
    toastError(error);
  }
}
