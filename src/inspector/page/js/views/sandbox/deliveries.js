// The deliveries of a registered webhook, with every attempt; test events, resending, and a new secret.

import { confirm } from '../../dialog.js';
import { fill, h } from '../../dom.js';
import { duration, slowClass, timeElement } from '../../format.js';
import { emptyState } from '../../toast.js';
import { call, teamPath } from './client.js';
import { doneLine, errorBox, into, requestLink, secretBox } from './common.js';

const REFRESH = 2000;
const PAGE_SIZE = 20;
const BADGES = /** @type {Record<string, string>} */ ({ succeeded: 'ok', failed: 'bad', pending: 'warn' });

/** @param {any} webhook @param {(cause: any) => void} changed */
export function deliveries(webhook, changed) {
  const list = h('div', null);
  const outcome = h('div', { class: 'outcome', role: 'status' });
  const status = h(
    'select',
    { id: 'delivery-status', onchange: () => void load() },
    ['', 'pending', 'succeeded', 'failed'].map((one) => h('option', { value: one }, one || 'any')),
  );
  const path = (/** @type {string} */ rest) => teamPath(`webhooks/${webhook.id}/${rest}`);
  let shown = '';
  let after = '';

  const load = async () => {
    const query = { status: status.value, limit: PAGE_SIZE, after };
    const { body } = await call('GET', await path('deliveries'), { query });
    const text = JSON.stringify(body.data);
    if (text === shown) return;
    shown = text;
    fill(list, content(body.data, resend), older(body.data));
  };

  /** @param {any[]} rows */
  const older = (rows) => {
    const step = (/** @type {string} */ id) => () => {
      after = id;
      void into(list, async () => ((shown = ''), await load(), [...list.childNodes]));
    };
    return h(
      'div',
      { class: 'toolbar pages' },
      after && h('button', { type: 'button', onclick: step('') }, 'Newest'),
      rows.length === PAGE_SIZE && h('button', { type: 'button', onclick: step(rows[rows.length - 1].id) }, 'Older'),
    );
  };

  /** @param {string} what @param {() => Promise<any>} work @param {(data: any) => any} [more] */
  const act = async (what, work, more = () => null) => {
    try {
      changed({ resource: null });
      const answer = await work();
      fill(outcome, doneLine(what, answer), ' ', more(answer.body.data));
      await load();
    } catch (error) {
      fill(outcome, errorBox(error));
    }
  };

  const resend = (/** @type {string} */ id) =>
    act('Sent again', async () => call('POST', await path(`deliveries/${id}/resend`), { key: crypto.randomUUID() }), attemptText);
  const test = () =>
    act('Sent a test event', async () => call('POST', await path('test'), { body: { event: testType(webhook) }, key: crypto.randomUUID() }), attemptText);
  const rotate = async () => {
    const text = 'For a day, deliveries are signed with the previous secret too.';
    if (!(await confirm({ title: 'Give this webhook a new secret?', text, action: 'Rotate' }))) return;
    await act('Rotated', async () => call('POST', await path('rotate-secret'), { key: crypto.randomUUID() }), ({ secret }) => secretBox(secret));
  };

  void into(list, async () => (await load(), [...list.childNodes]));
  // The sandbox retries on its own, and has no stream of deliveries.
  const timer = setInterval(() => {
    if (!list.isConnected) clearInterval(timer);
    else if (!document.hidden && !after && !list.querySelector('details[open]')) load().catch(() => {});
  }, REFRESH);

  return h(
    'section',
    { class: 'panel', 'aria-label': 'Deliveries' },
    h('h2', null, 'Deliveries'),
    h(
      'div',
      { class: 'toolbar' },
      h('div', { class: 'field filter' }, h('label', { for: 'delivery-status' }, 'status'), status),
      h('button', { type: 'button', onclick: test }, 'Send a test event'),
      h('button', { type: 'button', onclick: rotate }, 'Rotate secret'),
    ),
    outcome,
    list,
  );
}

/** A type that the webhook is subscribed to. @param {any} webhook */
function testType({ events }) {
  const [first] = events;
  if (first === '*') return 'ticket.created';
  const samples = /** @type {Record<string, string>} */ ({ 'social.*': 'social.high_five_sent', 'survey.*': 'survey.submitted', 'player.*': 'player.level_up', 'boss.*': 'boss.spawned', 'team.*': 'team.preferences_updated', 'agent.*': 'agent.preferences_updated' });
  return samples[first] ?? first.replace('.*', '.created');
}

/** @param {any} outcome */
const attemptText = ({ success, status, error, responseTimeMs }) =>
  `${success ? 'The endpoint answered' : 'The endpoint failed:'} ${status ?? error} after ${duration(responseTimeMs)}.`;

/** @param {any[]} rows @param {(id: string) => void} resend */
function content(rows, resend) {
  if (rows.length === 0) return emptyState({ title: 'No deliveries yet', text: 'Change a ticket, or send a test event.' });
  return h('ol', { class: 'deliveries' }, rows.map((row) => delivery(row, resend)));
}

/** @param {any} row @param {(id: string) => void} resend */
function delivery(row, resend) {
  const last = row.attempts[row.attempts.length - 1];
  return h(
    'li',
    null,
    h(
      'details',
      null,
      h(
        'summary',
        null,
        h('span', { class: `badge ${BADGES[row.status]}` }, last?.status ?? row.status),
        h('span', { class: 'arrival-type' }, row.event),
        timeElement(row.createdAt),
        last && h('span', { class: slowClass(last.responseTimeMs) }, duration(last.responseTimeMs)),
        row.nextAttemptAt && h('span', { class: 'muted' }, 'next attempt ', timeElement(row.nextAttemptAt)),
      ),
      h('div', { class: 'toolbar' }, h('button', { type: 'button', onclick: () => resend(row.id) }, 'Send again'), h('code', null, row.eventId)),
      row.attempts.map(attempt),
      h('h3', null, 'Body'),
      h('pre', { tabIndex: 0, class: 'personal' }, row.requestBody),
    ),
  );
}

/** @param {any} one */
function attempt(one) {
  return h(
    'div',
    { class: 'delivery-attempt' },
    h('h3', null, `Attempt ${one.number}: ${one.status ?? one.error ?? 'no answer'} after ${duration(one.responseTimeMs)}`),
    one.error && one.status !== null && h('p', null, one.error),
    headers('Request', one.requestHeaders),
    headers('Answer', one.responseHeaders),
    one.responseBody && h('pre', { tabIndex: 0 }, one.responseBody, one.responseBodyTruncated && ' …'),
  );
}

/** @param {string} title @param {Record<string, string>} values */
function headers(title, values) {
  const rows = Object.entries(values);
  if (rows.length === 0) return null;
  const shown = ([name, value]) => [h('dt', null, name), h('dd', null, /request-id$/i.test(name) ? requestLink(value) : value)];
  return h('details', null, h('summary', null, `${title} headers`), h('dl', { class: 'facts' }, rows.map(shown)));
}
