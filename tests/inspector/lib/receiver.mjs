// A webhook receiver as users write one: it checks the signature, and answers as the test says.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

/** What is sent with the status that the receiver was told to use. */
const ANSWERS = { 200: 'thank you', 500: 'the database is down', 503: 'come back later' };

const started = new Set();

export async function stopReceivers() {
  await Promise.all([...started].map((receiver) => receiver.stop()));
}

export class Receiver {
  constructor() {
    this.secret = null;
    this.status = 200;
    /** Every request: its headers, its body, and whether the signature was right. */
    this.requests = [];
    this.waiting = [];
    this.server = createServer((request, response) => this.#receive(request, response));
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    started.add(this);
    this.url = `http://127.0.0.1:${this.server.address().port}/webhook`;
    return this;
  }

  #receive(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const signed = this.secret ? isSigned(body, request.headers['x-signature'] ?? '', this.secret) : null;
      const status = signed === false ? 401 : this.status;
      const text = signed === false ? 'invalid signature' : (this.answer ?? ANSWERS[status] ?? '');
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
      const { url: target, headers } = request;
      this.requests.push({ path: target, headers, body, event: JSON.parse(body), signed, status });
      this.waiting.forEach((check) => check());
    });
  }

  /** The first request that fits, now or later. */
  received(fits, what = 'request') {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no such ${what} in ${this.requests.length}`)), 60_000);
      const check = () => {
        const found = this.requests.find(fits);
        if (!found) return;
        clearTimeout(timer);
        this.waiting = this.waiting.filter((other) => other !== check);
        resolve(found);
      };
      this.waiting.push(check);
      check();
    });
  }

  stop() {
    started.delete(this);
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

function isSigned(body, header, secret) {
  const items = Object.fromEntries(header.split(',').map((item) => item.split('=')));
  const computed = createHmac('sha256', secret).update(`${items.t}.`).update(body).digest();
  const claimed = Buffer.from(items.v1 ?? '', 'hex');
  return claimed.length === computed.length && timingSafeEqual(claimed, computed);
}
