// An Express receiver built the way cStar's pages tell developers to build one. It checks every
// delivery with three verifiers and prints one JSON line about it.
//
//   CSTAR_WEBHOOK_SECRET=whsec_… node receiver.js [PORT]
//
// The first line of output is {"port":N}. Port 0, the default, picks a free one.

import { createHmac, timingSafeEqual } from 'node:crypto';
import process from 'node:process';
import express from 'express';
import Stripe from 'stripe';

const TOLERANCE = 300;
const secret = process.env.CSTAR_WEBHOOK_SECRET;
const stripe = new Stripe('sk_test_never_used');

// The check from cStar's webhooks page, step by step: the header becomes a map (so of several v1 the
// last one counts), the time goes through Number() and back to text, the body is text.
// Do not improve it: what it accepts is what users' servers accept.
function acceptedAsDocumented(body, header, key, tolerance = TOLERANCE) {
  const items = Object.fromEntries(header.split(',').map((item) => item.split('=')));
  const time = Number(items.t);
  const claimed = items.v1;
  if (!time || !claimed) return false;
  if (Math.abs(Date.now() / 1000 - time) > tolerance) return false;
  const computed = createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  const left = Buffer.from(claimed, 'hex');
  const right = Buffer.from(computed, 'hex');
  return left.length === right.length && timingSafeEqual(left, right);
}

// Stripe uses the same scheme, so its published library is a second opinion from people who never
// saw ours.
function acceptedByStripe(raw, header, key) {
  try {
    return stripe.webhooks.signature.verifyHeader(raw, header, key, TOLERANCE);
  } catch {
    return false;
  }
}

function report(req, status) {
  const { 'x-signature': signature = '', 'cstar-signature': alias = '' } = req.headers;
  const body = req.body.toString();
  const { type, id } = JSON.parse(body);
  return {
    status,
    event: type,
    id,
    attempt: Number(req.headers['x-delivery-attempt']),
    x_signature_ok: acceptedAsDocumented(body, signature, secret),
    cstar_signature_ok: acceptedAsDocumented(body, alias, secret),
    stripe_ok: acceptedByStripe(req.body, signature, secret),
    same: signature === alias,
    body_hex: req.body.toString('hex'),
    headers: req.headers,
  };
}

const app = express();

app.post('/api/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
  const ok = acceptedAsDocumented(req.body.toString(), req.headers['x-signature'] ?? '', secret);
  const status = ok ? 200 : 401;
  process.stdout.write(`${JSON.stringify(report(req, status))}\n`);
  if (ok) res.status(status).end();
  else res.status(status).send('Invalid signature');
});

// By name, as in most tutorials: Node may then listen on ::1 alone.
const server = app.listen(Number(process.argv[2] ?? 0), 'localhost', (error) => {
  if (error) throw error;
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
