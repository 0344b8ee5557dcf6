// The parts of one event: body, attempts with their answers, headers, signature, context.

import { externalLink, fill, h } from '../dom.js';
import { address, patch } from '../route.js';
import { duration, plural, shortTarget, size, stateBadge, timeElement } from '../format.js';
import { jsonTree } from './tree.js';
import { boundedText, rawBody } from './raw.js';
import { tryJson } from './json.js';
import { codeSpans } from '../toast.js';

/** @param {any} event */
export function bodySection(event) {
  const value = tryJson(event.body);
  const content = h('div', { class: 'body-content' });
  if (value === undefined) {
    fill(content, rawBody(event.key));
    return content;
  }
  const views = { tree: () => jsonTree(value, 'Body', (filter) => patch({ filter }, { replace: false })), raw: () => rawBody(event.key) };
  const buttons = Object.entries({ tree: 'Tree', raw: 'Raw bytes' }).map(([name, label]) =>
    h('button', { class: 'small', 'aria-pressed': String(name === 'tree'), onclick: () => {
      for (const button of buttons) button.setAttribute('aria-pressed', String(button === buttons[name === 'tree' ? 0 : 1]));
      fill(content, views[/** @type {'tree' | 'raw'} */ (name)]());
    } }, label));
  fill(content, views.tree());
  return [h('div', { class: 'toolbar section-bar' }, buttons, h('span', { class: 'hint' }, `${size(event.bytes ?? event.body.length)} · click a name to copy its path, with Shift to filter by its value`)), content];
}

/** @param {any} event */
export function attemptsSection(event) {
  if (!event.attempts.length) return h('p', { class: 'muted' }, 'There was no attempt.');
  const content = h('div');
  const label = (/** @type {any} */ attempt) => [`#${attempt.attempt} `, attempt.chaos && `chaos: ${attempt.chaos.join(', ')} `, event.deliveries.length > 1 && `${shortTarget(attempt.target)} `, stateBadge(attempt.outcome === 'delivered' ? 'delivered' : 'failed', attempt.status ?? '–')];
  const buttons = event.attempts.slice(-30).map((/** @type {any} */ attempt) => h('button', { class: 'small', onclick: () => select(attempt) }, label(attempt)));
  const select = (/** @type {any} */ attempt) => {
    const at = event.attempts.slice(-30).indexOf(attempt);
    buttons.forEach((/** @type {any} */ button, /** @type {number} */ index) => button.setAttribute('aria-pressed', String(index === at)));
    fill(content, answer(attempt));
  };
  select(event.attempts.at(-1));
  return [h('div', { class: 'toolbar section-bar', role: 'group', 'aria-label': 'Attempts' }, buttons), content];
}

/** @param {any} attempt */
function answer(attempt) {
  const facts = h('dl', { class: 'facts' },
    h('dt', null, 'Target'), h('dd', { class: 'mono' }, attempt.target),
    h('dt', null, 'Sent'), h('dd', null, timeElement(attempt.started_at, true), `, took ${duration(attempt.duration_ms)}`),
    attempt.chaos && [h('dt', null, 'Chaos'), h('dd', null, attempt.chaos.join(', '))],
    h('dt', null, 'Ended'), h('dd', null, attempt.outcome, attempt.reason && `: ${attempt.reason}`, attempt.repeats > 1 && ` (tried ${plural(attempt.repeats, 'time')})`));
  if (attempt.status === null) return [facts, h('p', { class: 'muted block' }, 'The target sent no answer.')];
  const value = tryJson(attempt.response_body);
  return [facts,
    h('h3', { class: 'block' }, `Answer, HTTP ${attempt.status}`),
    value !== undefined ? jsonTree(value, 'Answer') : attempt.response_body ? boundedText(attempt.response_body) : h('p', { class: 'muted' }, 'The answer has no body.'),
    attempt.response_truncated && h('p', { class: 'hint' }, 'The answer was longer; only its beginning is kept.'),
    h('h3', { class: 'block' }, 'Headers of the answer'), headerTable(attempt.response_headers, 'The answer has no headers.')];
}

/** @param {any} event */
export function headersSection(event) {
  const withHeaders = event.attempts.filter((/** @type {any} */ attempt) => attempt.request_headers.length);
  if (!withHeaders.length) {
    return h('p', { class: 'muted' }, event.attempts.length ? 'The headers of successful attempts are not kept. Replay the event, or send it to a target that fails, to see them.' : 'There was no attempt.');
  }
  return withHeaders.slice(-10).map((/** @type {any} */ attempt) => h('section', { class: 'block' },
    h('h3', null, `Attempt ${attempt.attempt} to ${attempt.target}`), headerTable(attempt.request_headers, ''),
    attempt.reconstructed && h('p', { class: 'hint' }, 'Computed again from the body, the secret and the time: the headers of an attempt that succeeded are not kept.')));
}

/** @param {[string, string][]} headers @param {string} empty */
function headerTable(headers, empty) {
  if (!headers.length) return h('p', { class: 'muted' }, empty);
  const personal = (/** @type {string} */ name) => (/id|signature|cookie|auth/i.test(name) ? 'personal' : null);
  return h('div', { class: 'scroll-x' }, h('table', { class: 'data headers' }, h('tbody', null,
    headers.map(([name, value]) => h('tr', null, h('th', { scope: 'row', class: 'mono' }, name), h('td', { class: 'mono' }, h('span', { class: personal(name) }, value)))))));
}

/** @param {any} event @param {any} config */
export function contextSection(event, config) {
  const { cause, previous, next } = event;
  const link = (/** @type {any} */ other) => h('a', { href: address('events', { sel: other.key }) }, other.type, ' ', h('span', { class: 'mono personal' }, other.id ?? other.key));
  const rows = [
    ['Resource', event.resource && h('span', { class: 'mono personal' }, event.resource)],
    ['Previous event', previous ? link(previous) : event.resource && h('span', { class: 'muted' }, 'none')],
    ['Next event', next ? link(next) : event.resource && h('span', { class: 'muted' }, 'none')],
    ['Caused by', event.request_id && [cause && [h('code', null, `${cause.method} ${cause.path}`), ' ', stateBadge(cause.status < 400 ? 'delivered' : 'failed', cause.status), ' '], config.sandbox ? h('a', { href: address('sandbox', { page: 'requests', q: event.request_id }) }, event.request_id) : h('span', { class: 'mono' }, event.request_id)]],
    ['Webhook', event.webhook_id && h('span', { class: 'mono personal' }, event.webhook_id)],
    ['Made by', event.origin && (event.origin === 'edited' ? ['edited and sent from this machine', event.source_id && [', from ', h('a', { class: 'mono personal', href: address('events', { sel: event.source_id }) }, event.source_id)]] : `${event.origin} on this machine`)],
  ].filter(([, value]) => value);
  return [
    h('dl', { class: 'facts' }, rows.map(([name, value]) => [h('dt', null, name), h('dd', null, value)])),
    h('h3', { class: 'block' }, event.receptions.length > 1 ? `Received ${event.receptions.length} times` : 'Received'),
    h('ul', { class: 'receptions' }, event.receptions.slice(-20).map(reception)),
    dashboard(event),
    event.story?.length > 0 && [h('h3', { class: 'block' }, 'What happened'), h('div', { class: 'story' }, [event.story].flat().filter(Boolean).map((line) => h('p', null, codeSpans(line))))],
  ];
}

/** @param {any} row */
function reception({ at, skipped, run }) {
  return h('li', null, timeElement(at, true), skipped && `, skipped: ${skipped}`,
    run && h('span', { class: 'muted' }, ` from ${run.base_url} (${run.environment ?? 'no environment'}) by run ${run.run} of listen, process ${run.pid}, started `, timeElement(run.started_at), run.ended_at ? [', ended ', timeElement(run.ended_at)] : ', running'));
}

/** The address of the resource in cStar, if the event names one. @param {any} event */
function dashboard(event) {
  const data = tryJson(event.body)?.data ?? {};
  const links = Object.values(data).map((/** @type {any} */ item) => item?.dashboard_url).filter((item) => typeof item === 'string');
  return links.length > 0 && h('p', { class: 'block personal' }, externalLink(links[0], 'Open in the dashboard'));
}
