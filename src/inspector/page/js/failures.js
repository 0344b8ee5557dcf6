// How many events of the history have failed: for the title and the icon of the page.

import { get } from './api.js';
import { subscribe } from './live.js';

/** @param {() => void} changed */
export function watchFailures(changed) {
  let failed = 0;
  let asked = false;

  async function ask() {
    asked = false;
    try {
      const { total } = await get('events', { status: 'failed', limit: 1 });
      if (total === failed) return;
      failed = total;
      setIcon(failed > 0);
      changed();
    } catch {
      // The next change asks again; the connection state is shown elsewhere.
    }
  }

  // At most one request each two seconds, however many events arrive.
  function askSoon() {
    if (asked) return;
    asked = true;
    setTimeout(ask, 2000);
  }

  return {
    count: () => failed,
    start() {
      // The view asks for its own data first.
      setTimeout(ask, 1000);
      subscribe({ updates: askSoon, events: askSoon, reset: askSoon });
    },
  };
}

/** A red dot on the icon. @param {boolean} failing */
function setIcon(failing) {
  const link = document.querySelector('link[rel=icon]');
  const dot = '<circle cx="12" cy="4" r="4" fill="#e5383b" stroke="#fff"/>';
  const star = 'M8 2.6l1.6 3.8 4.1.3-3.1 2.7 1 4L8 11.3l-3.6 2.1 1-4-3.1-2.7 4.1-.3z';
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4f46e5"/><path d="${star}" fill="#fff"/>${failing ? dot : ''}</svg>`;
  link?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(image)}`);
}
