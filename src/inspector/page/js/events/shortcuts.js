// The keys of the timeline. Each has a button or a place to click as well.

import { editDialog } from '../event/editor.js';
import { copyAs } from '../event/copy.js';
import { patch } from '../route.js';

/** The tree of a body handles these itself; here they are for the help. */
const IN_TREE = [['c', 'Copy the path'], ['f', 'Show events with this value']].map(([keys, label]) => ({ keys, label, group: 'In a body', run: () => {}, when: () => false }));

/** @param {import('../views/events.js').EventsView} view */
export function timelineKeys(view) {
  const { list } = view;
  /** @param {string} keys @param {string} label @param {() => void} run */
  const key = (keys, label, run) => ({ keys, label, run, group: 'Events' });
  // Inside the open event these keys scroll.
  const moving = (/** @type {any} */ binding) => ({ ...binding, when: () => !view.panel.element.contains(document.activeElement) });
  return [
    key('j', 'Next event', () => view.goTo(list.current + 1)),
    key('k', 'Previous event', () => view.goTo(list.current - 1)),
    moving(key('ArrowDown', 'Next event', () => view.goTo(list.current + 1))),
    moving(key('ArrowUp', 'Previous event', () => view.goTo(list.current - 1))),
    moving(key('PageDown', 'One page down', () => view.goTo(list.current + list.pageSize))),
    moving(key('PageUp', 'One page up', () => view.goTo(list.current - list.pageSize))),
    moving(key('Home', 'Newest event', () => view.goTo(0))),
    moving(key('End', 'Oldest event', () => view.goTo(view.store.length - 1))),
    key('Enter', 'Open the event, then in full width', () => view.enter()),
    key('Escape', 'Close the event', () => view.escape()),
    key('x', 'Select for replay', () => view.row && view.marks.toggle(view.row)),
    moving(key('Space', 'Select for replay', () => view.row && view.marks.toggle(view.row))),
    key('/', 'Search', () => view.filters.focus()),
    key('r', 'Replay the event, or those selected', () => view.replay()),
    key('e', 'Edit and send', () => view.row && void editDialog(view.row.key, view.config, (sent) => view.open(sent))),
    key('y', 'Copy as curl', () => view.row && void copyAs(view.row.key, 'curl')),
    key('d', 'Compare with the previous event of the type', () => view.row && patch({ sel: view.row.key, tab: 'diff', with: null })),
    ...IN_TREE,
    key('[', 'Previous event of the resource', () => view.panel.step('previous')),
    key(']', 'Next event of the resource', () => view.panel.step('next')),
  ];
}
