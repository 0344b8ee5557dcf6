// What belongs to one object: the messages of a ticket, the deliveries of a webhook.

import { fill, h } from '../../dom.js';
import { createFields } from '../../fields.js';
import { timeElement } from '../../format.js';
import { emptyState } from '../../toast.js';
import { call, CstarError, teamPath } from './client.js';
import { doneLine, errorBox, into } from './common.js';
import { deliveries } from './deliveries.js';
import { createKey } from './idempotency.js';
import { fieldsOfSchema } from './schema.js';

/** @param {import('./sections.js').Section} section @param {any} document @param {any} object @param {any} changed */
export function parts(section, document, object, changed) {
  if (section.name === 'tickets') return messages(document, object, changed);
  if (section.kind === 'webhook') return deliveries(object, changed);
  return null;
}

/** @param {any} document @param {any} ticket @param {(cause: any) => void} changed */
function messages(document, ticket, changed) {
  const list = h('div', null);
  const path = () => teamPath(`tickets/${ticket.id}/messages`);
  const load = () =>
    into(list, async () => {
      const { body } = await call('GET', await path());
      if (body.data.length === 0) return emptyState({ title: 'No messages yet' });
      return h('ol', { class: 'messages' }, body.data.map(message));
    });

  const inputs = createFields(fieldsOfSchema(document, 'MessageCreation'));
  const outcome = h('div', { class: 'outcome', role: 'status' });
  const once = createKey();
  const add = async () => {
    try {
      const message = inputs.changes();
      changed({ resource: `ticket:${ticket.id}` });
      const answer = await call('POST', await path(), { body: message, key: once.of(message) });
      once.used();
      inputs.blame(null);
      inputs.reset();
      fill(outcome, doneLine('Added', answer));
      await load();
    } catch (error) {
      if (error instanceof CstarError) inputs.blame(error.param);
      fill(outcome, errorBox(error));
    }
  };
  void load();
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Messages' },
    h('h2', null, 'Messages'),
    list,
    h(
      'form',
      { novalidate: true, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void add()) },
      inputs.element,
      h('div', { class: 'toolbar' }, h('button', null, 'Add message')),
      outcome,
    ),
  );
}

/** @param {any} message */
function message({ sender, senderName, content, isInternal, createdAt }) {
  return h(
    'li',
    { class: 'message' },
    h('p', { class: 'muted' }, h('span', { class: 'personal' }, senderName ?? sender), ` · ${sender}${isInternal ? ' · internal' : ''} · `, timeElement(createdAt)),
    h('p', { class: 'personal message-text' }, content),
  );
}
