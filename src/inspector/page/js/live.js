// One stream of changes for all views and all windows. A browser opens six connections to one server at most, so
// windows of the same browser share a stream: the one that holds the lock reads it and passes everything on. When that
// window closes, the next one gets the lock and resumes. It is read with `fetch` rather than `EventSource`, which
// cannot send `Last-Event-ID` after a new start and does not ask again after an error status.

import { readStream } from './stream.js';

/** @typedef {'live' | 'connecting' | 'offline'} State */
/** @typedef {{ events?: (list: any[]) => void, updates?: (list: any[]) => void, reset?: () => void,
 *   state?: (state: State) => void }} Subscriber */

/** @type {Set<Subscriber>} */
const subscribers = new Set();
const NAME = 'cstar-inspector-stream';
/** @type {State} */
let state = 'connecting';
let lastId = '';
let started = false;
let reading = false;
/** @type {BroadcastChannel | null} */
let channel = null;

/** `events`: new events, oldest first. `updates`: events that changed. `reset`: too much was missed, fetch again.
 * `state`: called at once, and after each change. @param {Subscriber} subscriber @returns {() => void} */
export function subscribe(subscriber) {
  subscribers.add(subscriber);
  subscriber.state?.(state);
  return () => subscribers.delete(subscriber);
}

export function start() {
  if (started) return;
  started = true;
  if (!navigator.locks || !window.BroadcastChannel) {
    void read();
    return;
  }
  channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => {
    if (data.ask) {
      if (reading) channel?.postMessage({ state, lastId });
    } else {
      take(data);
    }
  };
  channel.postMessage({ ask: true });
  void navigator.locks.request(NAME, read);
}

/** Reads the stream as long as the page exists. */
async function read() {
  reading = true;
  for (let failures = 0; ; failures += 1) {
    try {
      await readStream(
        lastId,
        () => {
          failures = 0;
          share({ state: 'live' });
        },
        (messages) => share(sorted(messages)),
      );
    } catch (error) {
      share({ state: /** @type {any} */ (error).status === 0 || failures > 1 ? 'offline' : 'connecting' });
    }
    await pause(Math.min(500 * 2 ** failures, 8000));
  }
}

/** @param {import('./stream.js').Message[]} messages */
function sorted(messages) {
  const batch = { events: /** @type {any[]} */ ([]), updates: /** @type {any[]} */ ([]), reset: false, lastId };
  for (const { event, data, id } of messages) {
    if (id) batch.lastId = id;
    if (event === 'event') batch.events.push(JSON.parse(data));
    else if (event === 'events') batch.events.push(...JSON.parse(data).events);
    else if (event === 'update') batch.updates.push(JSON.parse(data));
    else if (event === 'updates') batch.updates.push(...JSON.parse(data).events);
    else if (event === 'reset') batch.reset = true;
  }
  return batch;
}

/** @param {any} batch */
function share(batch) {
  channel?.postMessage(batch);
  take(batch);
}

/** @param {any} batch */
function take(batch) {
  lastId = batch.lastId ?? lastId;
  if (batch.state && batch.state !== state) {
    state = batch.state;
    notify('state', state);
  }
  if (batch.reset) notify('reset');
  if (batch.events?.length) notify('events', batch.events);
  if (batch.updates?.length) notify('updates', batch.updates);
}

/** @param {keyof Subscriber} name @param {any} [value] */
function notify(name, value) {
  for (const subscriber of subscribers) /** @type {any} */ (subscriber)[name]?.(value);
}

/** Waits; ends early when the network returns or the page is shown. @param {number} millis */
function pause(millis) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      resolve(null);
    };
    const timer = setTimeout(done, millis);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
  });
}
