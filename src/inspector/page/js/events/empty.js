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

const clearButton = () => h('button', { onclick: () => patch(Object.fromEntries(FILTERS.map((name) => [name, null]))) }, 'Clear filters');

export function noMatch() {
  return emptyState({ title: 'No event matches', text: 'New events that match appear here.', action: clearButton() });
}

/** A filter cannot be used, and there was no list before it. */
export function noList() {
  return emptyState({ title: 'No list yet', text: 'Correct the filter above, or clear it.', action: clearButton() });
}
