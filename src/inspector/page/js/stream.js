// Reads one answer of the event stream until it ends. `live.js` keeps it going.

import { send, url } from './api.js';

/** @typedef {{ event: string, data: string, id: string | null }} Message */

// The server sends a heartbeat more often than this.
const SILENCE = 45_000;

/**
 * @param {string} lastId The position to resume from; empty for now.
 * @param {() => void} connected @param {(messages: Message[]) => void} handle
 */
export async function readStream(lastId, connected, handle) {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), SILENCE);
  try {
    /** @type {Record<string, string>} */
    const headers = { accept: 'text/event-stream' };
    if (lastId) headers['Last-Event-ID'] = lastId;
    const response = await send('GET', url('stream'), { headers, signal: control.signal });
    connected();
    const body = /** @type {ReadableStream} */ (response.body);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), SILENCE);
      const messages = (rest + value).split(/\r?\n\r?\n/);
      rest = messages.pop() ?? '';
      handle(messages.map(parseMessage));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} text @returns {Message} */
function parseMessage(text) {
  /** @type {Message} */
  const message = { event: 'message', data: '', id: null };
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon);
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') message.data += (message.data && '\n') + value;
    else if (name === 'event') message.event = value;
    else if (name === 'id') message.id = value;
  }
  return message;
}
