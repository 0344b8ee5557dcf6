// A receiver with one defect, which the variable DEFECT names, for the tests of `cstar check`. Without the variable it
// is correct.
//
//   CSTAR_WEBHOOK_SECRET=whsec_… DEFECT=no-timestamp node node.mjs express|fastify
//
// The first line of output is {"port":N}.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import process from 'node:process';

const require = createRequire(new URL('../express/package.json', import.meta.url));
const defect = process.env.DEFECT ?? '';
const secret = process.env.CSTAR_WEBHOOK_SECRET;
const known = new Set();

function hmac(time, body) {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

function equal(claimed, right) {
  if (defect === 'throws-on-length') return timingSafeEqual(Buffer.from(claimed, 'hex'), Buffer.from(right, 'hex'));
  const [one, other] = [Buffer.from(claimed), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function authentic(body, headers) {
  const header = headers[defect === 'reads-alias' ? 'cstar-signature' : 'x-signature'];
  if (defect === 'no-verification' || (defect === 'optional-signature' && !header)) return true;
  const items = (header ?? '').split(',').map((item) => item.trim().split('='));
  const time = Number(items.find(([name]) => name === 't')?.[1]);
  let claimed = items.filter(([name]) => name === 'v1').map(([, value]) => value ?? '');
  if (defect === 'last-v1') claimed = claimed.slice(-1);
  if (defect === 'throws-on-missing') headers['x-signature'].split(',');
  const age = Date.now() / 1000 - time;
  const fresh = defect === 'one-sided' ? age <= 300 : Math.abs(age) <= 300;
  if (defect !== 'no-timestamp' && !fresh) return false;
  if (defect === 'signs-string') body = body.toString('latin1');
  if (defect === 'parsed-body') body = JSON.stringify(JSON.parse(body));
  const right = hmac(time, body);
  if (claimed.some((value) => equal(value, right))) return true;
  return defect === 'answers-expected' ? `expected ${right}` : false;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The status and the body of the answer.
async function receive(body, headers) {
  if (defect === 'slow') await pause(11_000);
  const ok = authentic(body, headers);
  if (ok !== true) return [defect === 'refuses-with-500' ? 500 : 401, { error: ok || 'invalid signature' }];
  let event;
  try {
    event = JSON.parse(body);
  } catch {
    return [400, { error: 'no JSON' }];
  }
  const isDuplicate = known.has(event.id);
  if (defect === 'race') await pause(50);
  if (defect === 'conflict' && isDuplicate) return [500, { error: 'UNIQUE constraint failed' }];
  known.add(event.id);
  if (defect === 'unknown-type' && event.type.includes('unknown')) return [500, { error: 'no handler' }];
  if (defect === 'one-type' && event.type === 'survey.submitted') return [500, { error: 'no handler' }];
  if (defect === 'order') {
    if (event.type === 'ticket.created') known.add(event.data.ticket.id);
    if (event.type === 'ticket.updated' && !known.has(event.data.ticket.id)) return [500, { error: 'no ticket' }];
  }
  if (defect === 'not-idempotent') return [200, { received: true }];
  return [200, isDuplicate ? { duplicate: true } : { received: true }];
}

async function express() {
  const framework = require('express');
  const app = framework();
  app.set('env', 'production');
  const limit = defect === 'small-limit' ? '100kb' : '1mb';
  const type = defect === 'json-only' ? 'application/json' : '*/*';
  if (defect === 'redirect') app.use((req, res, next) => (req.path.endsWith('/') ? next() : res.redirect(308, `${req.path}/`)));
  app.post('/webhook', framework.raw({ type, limit }), async (req, res) => {
    const body = defect === 'json-only' ? req.body : (req.body ?? Buffer.alloc(0));
    if (!Buffer.isBuffer(body)) body.toString('utf8');
    const [status, answer] = await receive(body, req.headers);
    if (defect === 'shows-secret' && status === 401) res.set('x-debug', secret);
    if (defect === 'stack-trace' && status === 401) answer.stack = new Error('invalid signature').stack;
    res.status(status).json(answer);
  });
  if (defect === 'get-crashes') app.get('/webhook', () => { throw new Error('no body'); });
  const server = app.listen(0, '127.0.0.1', () => ready(server.address().port));
}

async function fastify() {
  const app = require('fastify')({ bodyLimit: defect === 'small-limit' ? 100 * 1024 : 1024 * 1024 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  app.post('/webhook', async (request, reply) => {
    const [status, answer] = await receive(request.body ?? Buffer.alloc(0), request.headers);
    return reply.code(status).send(answer);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  ready(app.server.address().port);
}

function ready(port) {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
}

await { express, fastify }[process.argv[2]]();
