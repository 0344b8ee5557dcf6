// The JSON API of the inspector. Every request goes to the server of this page. The token arrives in the fragment of
// the address, is exchanged once for a cookie that scripts cannot read, and leaves the address.

const BASE = '/_inspector/';

export class ApiError extends Error {
  /** @param {number} status 0: the server did not answer @param {string} message @param {string | null} hint */
  constructor(status, message, hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** Called when the session has ended. @type {() => void} */
let signedOut = () => {};
/** @param {() => void} action */
export function onSignedOut(action) {
  signedOut = action;
}

/** @param {string} path @param {Record<string, any>} [params] */
export function url(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '' && value !== false) query.set(name, String(value));
  }
  const text = query.toString();
  return `${BASE}${path}${text ? `?${text}` : ''}`;
}

/**
 * @param {string} method @param {string} address
 * @param {{ body?: any, headers?: Record<string, string>, signal?: AbortSignal }} [options]
 */
export async function send(method, address, { body, headers = {}, signal } = {}) {
  const init = { method, headers: { ...headers }, signal, credentials: /** @type {const} */ ('same-origin') };
  if (body !== undefined) {
    init.headers['content-type'] = 'application/json';
    /** @type {any} */ (init).body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(address, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'the inspector does not answer', 'start `cstar ui` or `cstar listen --ui` again');
  }
  if (response.ok) return response;
  // What the sandbox refuses is no sign that the session has ended.
  if (response.status === 401 && !address.startsWith(`${BASE}cstar/`)) signedOut();
  throw await failure(response);
}

/** @param {Response} response */
async function failure(response) {
  const text = await response.text().catch(() => '');
  try {
    const error = JSON.parse(text).error;
    return new ApiError(response.status, error.message ?? `HTTP ${response.status}`, error.hint ?? null);
  } catch {
    return new ApiError(response.status, `the inspector answered HTTP ${response.status}`, null);
  }
}

/** Requests that were made before their view asked for them. @type {Map<string, Promise<any>>} */
const early = new Map();

/** Starts a request whose answer the next `get` of the same address takes. @param {string} path @param {Record<string, any>} params */
export function prefetch(path, params) {
  const answer = send('GET', url(path, params)).then((response) => response.json());
  answer.catch(() => {});
  early.set(url(path, params), answer);
}

/** @param {string} path @param {Record<string, any>} [params] @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function get(path, params, signal) {
  const address = url(path, params);
  const begun = early.get(address);
  early.delete(address);
  if (begun) return begun;
  return (await send('GET', address, { signal })).json();
}

/** @param {string} path @param {Record<string, any>} [params] @param {AbortSignal} [signal] */
export async function getText(path, params, signal) {
  return (await send('GET', url(path, params), { signal })).text();
}

/** @param {string} path @param {AbortSignal} [signal] */
export async function getBytes(path, signal) {
  return new Uint8Array(await (await send('GET', url(path), { signal })).arrayBuffer());
}

/** @param {string} path @param {any} body @returns {Promise<any>} */
export async function post(path, body) {
  const response = await send('POST', url(path), { body });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** A request to the sandbox, such as `cstar('PATCH', 'v1/tickets/tkt_1', {…})`. The inspector adds the key.
 * @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<any>} */
export async function cstar(method, path, body, headers) {
  const response = await send(method, `${BASE}cstar/${path}`, { body, headers });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

const TOKEN = /[#&?]token=([^&]*)/;

export const hasToken = () => TOKEN.test(location.hash);

/** Exchanges the token in the address for a session, and removes it from the address; returns whether there was one. */
export async function openSession() {
  const match = TOKEN.exec(location.hash);
  if (!match) return false;
  const rest = location.hash.replace(match[0], match[0].startsWith('#') ? '#' : '').replace(/^#&?(?!\/)/, '');
  history.replaceState(null, '', rest.startsWith('#/') ? rest : '#/events');
  await enterToken(decodeURIComponent(match[1]));
  return true;
}

/** @param {string} token */
export async function enterToken(token) {
  await send('POST', url('session'), { body: { token } });
}
