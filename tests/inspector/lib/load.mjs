// Many events, as fast as wanted, through a real sandbox.

import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import { TEST_KEY } from './processes.mjs';

const TEAM = '550e8400-e29b-41d4-a716-446655440000';
const TYPES = ['ticket.created', 'ticket.updated', 'ticket.closed', 'customer.updated', 'article.published', 'player.xp_gained'];

/**
 * Fires `total` events with at most `ahead` that the receiver does not have yet, and at most `rate` per second.
 * Returns how many arrived within `seconds`, or how long all of them took.
 */
export async function fireMany({ sandbox, receiver }, { total = Infinity, ahead = 500, rate = Infinity, seconds = Infinity }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const url = new URL(`${sandbox.base}/api/v1/teams/${TEAM}/webhooks/trigger-test`);
  const before = receiver.count;
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  let fired = 0;
  const isDone = () => fired >= total || elapsed() >= seconds;
  const worker = async () => {
    while (!isDone()) {
      if (fired - (receiver.count - before) >= ahead || fired >= elapsed() * rate + 1) {
        await pause(1);
        continue;
      }
      fired += 1;
      await post(agent, url, { event: TYPES[fired % TYPES.length] });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  if (seconds === Infinity) while (receiver.count - before < fired) await pause(5);
  const result = { fired, arrived: receiver.count - before, seconds: elapsed() };
  agent.destroy();
  return result;
}

function post(agent, url, body) {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
