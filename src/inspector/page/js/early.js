// Asks for the first rows while the rest of the page is still loading. This file and what it imports are small.

import { hasToken, prefetch } from './api.js';
import { filtersOf, firstPage } from './events/query.js';
import { current } from './route.js';

export function prefetchAll() {
  const { view, params } = current();
  prefetch('config', {});
  if (view === 'events') prefetch('events', firstPage(filtersOf(params)));
}

// Without a session the answers would be refusals.
if (!hasToken()) prefetchAll();
