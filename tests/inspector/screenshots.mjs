// Makes the pictures of the page in .github/inspector: `node tests/inspector/screenshots.mjs`. The data is that of a
// real sandbox, a real `cstar listen` and a receiver that is sometimes slow and sometimes fails; afterwards the times in
// the history are spread over an hour (with Python's sqlite3), because a picture of one minute shows little.

import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closeBrowser, openSession } from './lib/browser.mjs';
import { newHome, startListen, startSandbox, stopAll } from './lib/processes.mjs';
import { see, until } from './lib/wait.mjs';
import { apiOf, cstar } from './lib/world.mjs';

const FOLDER = fileURLToPath(new URL('../../.github/inspector/', import.meta.url));
const LIMIT = 200 * 1024;
const TITLES = ['Charged twice this month', 'Cannot log in to my account', 'Export stops at 1,000 rows', 'Invoice PDF will not open'];

/** Answers as a handler in development does: mostly well. */
async function startHandler() {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', async () => {
      received += 1;
      const { 'x-event-type': type } = request.headers;
      await pause(type === 'ticket.closed' ? 300 + ((received * 97) % 900) : (received * 13) % 60);
      const fails = received % 17 === 0 || (type === 'ticket.assigned' && received % 3 === 0);
      const status = fails ? 500 : type === 'customer.updated' ? 422 : 200;
      const answers = { 200: { received: true }, 422: { error: 'unknown customer' }, 500: { error: 'relation "assignees" does not exist' } };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[status]));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/webhook` };
}

/** An afternoon of support. */
async function work(place) {
  for (let turn = 0; turn < 40; turn += 1) {
    const ticket = await cstar(place, 'POST', 'tickets', { title: TITLES[turn % 4], priority: ['low', 'normal', 'high', 'urgent'][turn % 4], customerName: 'Jane Doe' });
    if (turn % 2) await cstar(place, 'PATCH', `tickets/${ticket.id}`, { priority: 'urgent', tags: ['billing'] });
    if (turn % 3) await cstar(place, 'POST', `tickets/${ticket.id}/messages`, { content: 'Any news? We need this for our report tomorrow.', sender: 'customer' });
    if (turn % 4) await cstar(place, 'PATCH', `tickets/${ticket.id}`, { status: 'closed' });
    for (const event of ['ticket.assigned', 'customer.updated', 'player.xp_gained']) {
      if (turn % 5 === 0) await cstar(place, 'POST', 'webhooks/trigger-test', { event, data: {} });
    }
  }
}

/** Spreads what happened over the last hour: the event at a share of the time gets that share of the hour. */
const SPREAD = `
import sqlite3, sys, time, math
db = sqlite3.connect(sys.argv[1], timeout=20)
now = time.time() * 1000 - 20000
low, high = db.execute("SELECT min(received_at), max(received_at) FROM events").fetchone()
share = lambda at: (at - low) / max(1, high - low)
move = lambda at: None if at is None else int(now - 3300000 * (1 - (share(at) + 0.02 * math.sin(share(at) * 12 * math.pi))))
db.create_function("move", 1, move)
with db:
    db.execute("UPDATE deliveries SET attempted_at = move(attempted_at), ended_at = move((SELECT received_at FROM events e WHERE e.event = deliveries.delivery >> 8)) + (ended_at - (SELECT received_at FROM events e WHERE e.event = deliveries.delivery >> 8))")
    db.execute("UPDATE attempts SET started_at = move((SELECT received_at FROM events e WHERE e.event = attempts.slot >> 10)) + (started_at - (SELECT received_at FROM events e WHERE e.event = attempts.slot >> 10))")
    db.execute("UPDATE notes SET at = move(at), since = move(since)")
    db.execute("UPDATE events SET received_at = move(received_at)")
`;

async function shoot(inspector, view) {
  for (const scheme of ['light', 'dark']) {
    const { context } = await openSession(inspector.origin, { viewport: { width: 1200, height: view.height ?? 640 }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(inspector.url);
    await page.waitForFunction(() => !location.hash.includes('token='));
    await page.goto(`${inspector.origin}/_inspector/${view.hash}`);
    await view.ready(page);
    await until('everything is loaded', async () => (await page.locator('.loading, [aria-busy=true], .bone').count()) === 0);
    const file = path.join(FOLDER, `${view.name}-${scheme}.png`);
    await page.screenshot({ path: file });
    const { size } = statSync(file);
    console.log(`${file} ${(size / 1024).toFixed(0)} KiB`);
    if (size > LIMIT) throw new Error(`${file} is larger than ${LIMIT} bytes`);
    await context.close();
  }
}

try {
  mkdirSync(FOLDER, { recursive: true });
  const home = newHome();
  const handler = await startHandler();
  const sandbox = await startSandbox(home, ['--ephemeral', '--seed', '7']);
  const inspector = await startListen(sandbox, handler.url, ['--concurrency', '8'], home);
  const place = { sandbox, inspector, api: apiOf(inspector) };
  await work(place);
  await until('everything is delivered', async () => (await place.api('events?status=waiting&limit=1')).total === 0);
  execFileSync('python3', ['-c', SPREAD, path.join(home, 'history.sqlite3')]);
  const failed = (await place.api('events?type=ticket.assigned&limit=50')).events.find(({ deliveries }) => deliveries[0]?.attempts > 1);
  const [ticket] = await cstar(place, 'GET', 'tickets?search=Charged');
  const grid = (page) => see(page.locator('[role=row][data-index]'));

  await shoot(inspector, { name: 'timeline', hash: '#/events', ready: grid });
  await shoot(inspector, { name: 'event', hash: `#/events?sel=${failed.key}&tab=answer`, ready: (page) => see(page.locator('.event-panel').getByText('received', { exact: false })) });
  await shoot(inspector, { name: 'stats', hash: '#/health', height: 820, ready: (page) => see(page.locator('.chart')) });
  await shoot(inspector, {
    name: 'sandbox',
    height: 760,
    hash: `#/sandbox?show=tickets&id=${ticket.id}`,
    ready: async (page) => {
      await (await see(page.getByLabel('status'))).selectOption(ticket.status === 'pending' ? 'open' : 'pending');
      await page.getByRole('button', { name: 'Save' }).click();
      ticket.status = ticket.status === 'pending' ? 'open' : 'pending';
      await see(page.locator('.arrival.caused').getByText('200'));
    },
  });
  handler.server.closeAllConnections();
  handler.server.close();
} finally {
  await closeBrowser();
  await stopAll();
}
