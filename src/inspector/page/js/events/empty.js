// What the timeline shows without rows.

import { h } from '../dom.js';
import { address, patch } from '../route.js';
import { emptyState } from '../toast.js';
import { FILTERS } from './query.js';

export function noEvents() {
  return emptyState({
    title: 'No events yet',
    text: 'Run `cstar trigger ticket.created`, or send one from this page. Events appear here as they arrive.',
    action: h('a', { class: 'button', href: address('trigger') }, 'Trigger an event'),
  });
}

export function noMatch() {
  const clear = () => patch(Object.fromEntries(FILTERS.map((name) => [name, null])));
  return emptyState({ title: 'No event matches', text: 'New events that match appear here.', action: h('button', { onclick: clear }, 'Clear filters') });
}
