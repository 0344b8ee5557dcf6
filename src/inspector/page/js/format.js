// How values are written on the page: times, durations, sizes, states.

import { h } from './dom.js';

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const NUMBER = new Intl.NumberFormat('en-GB');

/** Local time of day; with the day if it is not today. @param {string} at @param {boolean} [millis] */
export function timeOf(at, millis = false) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const clock = CLOCK.format(date) + (millis ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '');
  return date.toDateString() === new Date().toDateString() ? clock : `${DAY.format(date)} ${clock}`;
}

/** @param {string} at @returns {{ day: string | null, clock: string }} */
export function splitTime(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return { day: null, clock: String(at) };
  return { day: date.toDateString() === new Date().toDateString() ? null : DAY.format(date), clock: CLOCK.format(date) };
}

/** A `time` element: local time, with the exact UTC time as its title. @param {string} at @param {boolean} [millis] */
export function timeElement(at, millis = false) {
  return h('time', { datetime: at, title: at }, timeOf(at, millis));
}

/** @param {number | null | undefined} millis */
export function duration(millis) {
  if (millis === null || millis === undefined) return '–';
  if (millis < 1) return '< 1 ms';
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${Number((millis / 1000).toFixed(millis < 10_000 ? 2 : 1))} s`;
  if (millis < 3_600_000) return `${Math.floor(millis / 60_000)} min ${Math.round((millis % 60_000) / 1000)} s`;
  return `${Math.floor(millis / 3_600_000)} h ${Math.round((millis % 3_600_000) / 60_000)} min`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** @param {number} value */
export const count = (value) => NUMBER.format(value);

/** `3 events`, `1 event`. @param {number} value @param {string} noun @param {string} [many] */
export const plural = (value, noun, many) => `${count(value)} ${value === 1 ? noun : (many ?? `${noun}s`)}`;

/** The state of an event or a delivery as a badge; with `status`, the HTTP status instead of the word.
 * @param {string} state @param {number | null} [status] */
export function stateBadge(state, status) {
  return h('span', { class: `badge ${stateClass(state)}`, title: state }, status ?? state);
}

/** @param {string} state */
export function stateClass(state) {
  if (state === 'delivered') return 'ok';
  if (state === 'failed') return 'bad';
  if (state === 'waiting') return 'warn';
  return 'quiet';
}

/** @param {number} millis @param {number} limit */
export function slowClass(millis, limit = 10_000) {
  if (millis >= limit) return 'bad';
  return millis > 1000 ? 'warn' : '';
}

/** A target without its scheme, and without its host if that is this machine. @param {string} target */
export function shortTarget(target) {
  return target.replace(/^https?:\/\//, '').replace(/^(localhost|127\.0\.0\.1|\[::1\])(?=:)/, '');
}

/** An id without its kind, which the row names already: `evt_ticket_created_1795_x` is `…1795_x`.
 * @param {string} id @param {string | null} type */
export function shortId(id, type) {
  const prefix = `evt_${type?.replace(/\./g, '_')}_`;
  return id.startsWith(prefix) ? `…${id.slice(prefix.length)}` : id;
}

/** Whether a target is on this machine. @param {string} target */
export function isLoopback(target) {
  try {
    const host = new URL(target).hostname;
    return host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '[::1]';
  } catch {
    return false;
  }
}
