// What most tests share: a sandbox, a receiver, and `cstar listen --ui` between them.

import { Receiver } from './receiver.mjs';
import { newHome, run, startListen, startSandbox, TEST_KEY } from './processes.mjs';

const TEAM = '550e8400-e29b-41d4-a716-446655440000';

let shared;

/** The shared world, made by the first test that needs it. */
export function world() {
  shared ??= createWorld();
  return shared;
}

/** A world of its own, for tests that stop its parts. */
export async function createWorld({ listen = [] } = {}) {
  const home = newHome();
  const receiver = await new Receiver().start();
  const sandbox = await startSandbox(home, ['--ephemeral']);
  receiver.secret = (await run(home, ['listen', '--print-secret'], sandbox.env)).trim();
  const inspector = await startListen(sandbox, receiver.url, listen, home);
  return { home, receiver, sandbox, inspector, api: apiOf(inspector) };
}

/** A request to the API of the sandbox, as a user's program makes it. */
export async function cstar({ sandbox }, method, path, body) {
  const response = await fetch(`${sandbox.base}/api/v1/teams/${TEAM}/${path}`, {
    method,
    headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer.data;
}

/** Fires a sample event and returns its id, once the receiver has it. */
export async function fire(place, event, data = {}) {
  const { eventId } = await cstar(place, 'POST', 'webhooks/trigger-test', { event, data });
  await place.receiver.received(({ event: { id } }) => id === eventId, eventId);
  return eventId;
}

/** The JSON API of an inspector, as agents use it. */
export function apiOf({ origin, token }) {
  return async (path, init = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const response = await fetch(`${origin}/_inspector/${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.headers.get('content-type')?.includes('json') ? response.json() : response.text();
  };
}
