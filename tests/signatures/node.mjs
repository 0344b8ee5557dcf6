// What an app in Node hands to the check, for each mistake. A route is FRAMEWORK/MISTAKE; the answer is that text.
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
import { inspect } from 'node:util';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import express from 'express';
import Fastify from 'fastify';
import { parseBody } from 'next/dist/server/api-utils/node/parse-body.js';
import http from 'node:http';

const port = Number(process.argv[2]);
const app = express();
const json = express.json();
const raw = express.raw({ type: '*/*' });
const route = (name, parser, wrong) => app.post(`/express/${name}`, parser, (q, r) => r.send(Buffer.from(wrong(q.body, q))));
route('json-stringify', json, (body) => JSON.stringify(body));
route('json-indented', json, (body) => JSON.stringify(body, null, 2));
route('json-four-spaces', json, (body) => JSON.stringify(body, null, 4));
route('json-as-string', json, (body) => String(body));
route('json-inspect', json, (body) => inspect(body));
route('urlencoded', express.urlencoded({ type: '*/*' }), (body) => JSON.stringify(body));
route('text-latin1', express.text({ type: '*/*', defaultCharset: 'latin1' }), (body) => body);
route('no-parser', (q, r, next) => next(), (body) => body ?? '');
route('no-parser-undefined', (q, r, next) => next(), (body) => String(body));
route('other-content-type', express.json({ type: 'application/vnd.api+json' }), (body) => JSON.stringify(body ?? {}));
route('buffer-stringify', raw, (body) => JSON.stringify(body));
route('buffer-hex', raw, (body) => body.toString('hex'));
route('buffer-base64', raw, (body) => body.toString('base64'));
route('buffer-latin1', raw, (body) => body.toString('latin1'));
route('buffer-inspect', raw, (body) => inspect(body));
route('text-in-json', raw, (body) => JSON.stringify(body.toString()));
route('log-line', raw, (body) => `${body}\n`);
route('time-in-front', raw, (body, q) => `${q.get('x-signature').match(/t=(\d+)/)[1]}.${body}`);
route('array', raw, (body) => String([...body]));
app.post('/express/read-twice', json, async (q, r) => {
  let text = '';
  for await (const chunk of q) text += chunk;
  r.send(text);
});

const fastify = Fastify();
fastify.post('/fastify/json-stringify', (q, r) => r.send(JSON.stringify(q.body)));
fastify.post('/fastify/json-as-string', (q, r) => r.send(`${q.body}`));
fastify.post('/fastify/json-indented', (q, r) => r.send(JSON.stringify(q.body, null, 2)));
fastify.post('/fastify/json-tab', (q, r) => r.send(JSON.stringify(q.body, null, '\t')));

const koa = new Koa();
koa.use(bodyParser()).use((context) => {
  context.body = context.path.endsWith('stringify') ? JSON.stringify(context.request.body) : String(context.request.body);
});

const hono = new Hono();
hono.post('/hono/json-stringify', async (c) => c.body(JSON.stringify(await c.req.json())));
hono.post('/hono/parse-body', async (c) => c.body(JSON.stringify(await c.req.parseBody())));
hono.post('/hono/array-buffer', async (c) => c.body(String(await c.req.arrayBuffer())));

// The parser that Next uses for API routes of `pages`.
const next = http.createServer(async (q, r) => {
  const body = await parseBody(q, '1mb');
  r.end(q.url.endsWith('stringify') ? JSON.stringify(body) : q.url.endsWith('indented') ? JSON.stringify(body, null, 2) : String(body));
});

app.listen(port);
await fastify.listen({ port: port + 1 });
koa.listen(port + 2);
serve({ fetch: hono.fetch, port: port + 3 });
next.listen(port + 4);
