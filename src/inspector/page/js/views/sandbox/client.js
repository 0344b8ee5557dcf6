// Requests to the REST API of the sandbox, through the inspector, which adds the key. Answers and errors are handed on
// as the API gave them.

const BASE = '/_inspector/cstar/';

/** What the API refused: its own message, code and request id. */
export class CstarError extends Error {
  /** @param {number} status @param {any} error @param {Headers} headers */
  constructor(status, error, headers) {
    super(error?.message ?? `the sandbox answered HTTP ${status}`);
    this.status = status;
    this.code = error?.code ?? null;
    this.param = error?.param ?? null;
    this.hint = error?.hint ?? null;
    this.docUrl = error?.doc_url ?? null;
    this.requestId = error?.request_id ?? headers.get('x-cstar-request-id');
    this.retryAfter = headers.get('retry-after');
    this.fault = headers.get('x-cstar-sandbox-fault');
  }
}

/**
 * @typedef {{ body: any, requestId: string | null, replayed: boolean, date: string | null, status: number }} Answer
 * @param {string} method @param {string} path such as `_sandbox/faults`
 * @param {{ body?: any, query?: Record<string, any>, key?: string, signal?: AbortSignal }} [options]
 * @returns {Promise<Answer>}
 */
export async function call(method, path, { body, query = {}, key, signal } = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key) headers['idempotency-key'] = key;
  const address = `${BASE}${path}${search.size ? `?${search}` : ''}`;
  let response;
  try {
    response = await fetch(address, {
      method,
      headers,
      signal,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CstarError(0, { message: 'the inspector does not answer', hint: 'start `cstar sandbox` again' }, new Headers());
  }
  const text = await response.text();
  const parsed = parse(text);
  if (!response.ok) throw new CstarError(response.status, parsed?.error, response.headers);
  return {
    body: parsed,
    requestId: response.headers.get('x-cstar-request-id') ?? parsed?.meta?.requestId ?? null,
    replayed: response.headers.get('idempotent-replayed') === 'true',
    date: response.headers.get('date'),
    status: response.status,
  };
}

/** @param {string} text */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** @type {Promise<string> | null} */
let team = null;

/** The path of a resource of the team that the key belongs to. @param {string} rest */
export async function teamPath(rest) {
  team ??= call('GET', '_sandbox').then(({ body }) => body.team_id);
  try {
    return `api/v1/teams/${await team}/${rest}`;
  } catch (error) {
    team = null;
    throw error;
  }
}

/** The same for `EventSource`, with a query. @param {string} rest @param {Record<string, any>} query */
export async function streamAddress(rest, query) {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return `${BASE}${await teamPath(rest)}?${new URLSearchParams(entries)}`;
}

/** @type {Promise<any> | null} */
let document_ = null;

/** The OpenAPI document of the sandbox, from which the forms are made. */
export async function openapi() {
  document_ ??= call('GET', 'openapi.json').then(({ body }) => body);
  try {
    return await document_;
  } catch (error) {
    document_ = null;
    throw error;
  }
}
