import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { launch, openSession, withPage } from './lib/browser.mjs';
import { newHome, startUi } from './lib/processes.mjs';
import { createWorld, cstar, fire, world } from './lib/world.mjs';
import { panel, rowOf, see, until } from './lib/wait.mjs';

/** Markup, a bidi override and its end, terminal escapes, and a null character. */
const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script> \u202egnp.exe\u202c \u001b[31mred\u001b[0m \u0000 {{7*7}} `x` ${1}';

describe('safety', () => {
  let place;
  before(async () => {
    place = await world();
  });

  test('a hostile ticket stays text in every view', () =>
    withPage(place.inspector, {}, async (page) => {
      page.on('dialog', (dialog) => assert.fail(`a script ran: ${dialog.message()}`));
      const title = HOSTILE.replace('\u0000', '');
      const { id } = await cstar(place, 'POST', 'tickets', { title, customerName: title });
      const { event } = await place.receiver.received(({ event: one }) => one.data.ticket?.id === id);
      place.receiver.answer = HOSTILE;
      place.receiver.status = 500;
      await fire(place, 'ticket.updated', { ticket: { title } });
      place.receiver.status = 200;
      place.receiver.answer = null;

      const clean = async (where) => {
        assert.equal(await page.locator('main img, main script').count(), 0, where);
        const text = await page.locator('main').evaluate((main) => main.textContent);
        assert.ok(text.includes('<img src=x onerror=alert(1)>'), where);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/, where);
      };
      await (await see(rowOf(page, event.id))).click();
      await see(panel(page).getByText('<img src=x onerror', { exact: false }));
      await clean('event');
      await page.goto(`${place.inspector.origin}/_inspector/#/sandbox?show=tickets`);
      await see(page.getByRole('link', { name: '<img src=x' }));
      await clean('list of tickets');
      await page.goto(`${place.inspector.origin}/_inspector/#/sandbox?show=tickets&id=${id}`);
      await see(page.getByRole('heading', { name: '<img src=x' }));
      await clean('ticket');
      const arrival = page.locator('.arrival').first();
      await arrival.locator('summary').click();
      await see(arrival.getByText('<img src=x onerror', { exact: false }));
      await clean('answer beside it');
    }));

  test('a wrong token is refused, and the right one opens the page', async () => {
    const { context, watch } = await openSession(place.inspector.origin);
    watch.expected.push(/40[13] /);
    try {
      const page = await context.newPage();
      await page.goto(`${place.inspector.origin}/_inspector/#token=wrong`);
      const field = await see(page.getByRole('textbox'));
      assert.equal(await page.getByRole('grid').count(), 0);
      await field.fill(place.inspector.token);
      await page.getByRole('button', { name: 'Open' }).click();
      await see(page.getByRole('grid', { name: 'Events, the newest first' }));
      watch.check();
    } finally {
      await context.close();
    }
  });

  test('an ended session asks for the token again', () =>
    withPage(place.inspector, {}, async (page, { context, watch }) => {
      watch.expected.push(/401 /);
      await see(page.getByRole('grid', { name: 'Events, the newest first' }));
      await context.clearCookies();
      await page.reload();
      await see(page.getByRole('button', { name: 'Open' }));
      assert.equal(await page.getByRole('grid').count(), 0);
    }));

  test('data needs the token, and other origins and hosts get nothing', async () => {
    const { origin, token } = place.inspector;
    const status = async (path, headers = {}, method = 'GET') => (await fetch(`${origin}/_inspector/${path}`, { method, headers })).status;
    const bearer = { authorization: `Bearer ${token}` };
    for (const path of ['events', 'config', 'stats', 'types', 'secret', 'stream', 'cstar/_sandbox']) {
      assert.equal(await status(path), 401, path);
      assert.equal(await status(path, { authorization: 'Bearer wrong' }), 401, path);
      assert.equal(await status(path, { ...bearer, origin: 'http://evil.example' }), 403, path);
    }
    assert.equal(await status('config', bearer), 200);
    assert.equal(await status('cstar/../../etc/passwd', bearer), 404);
  });

  test('a page of another origin can neither read nor frame it', async () => {
    const html = `<!doctype html><link rel=icon href=data:,><iframe src="${place.inspector.origin}/_inspector/"></iframe>`;
    const evil = createServer((request, response) => response.setHeader('content-type', 'text/html').end(html));
    await new Promise((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const context = await (await launch()).newContext();
    try {
      const page = await context.newPage();
      // Signed in, as the user is.
      await page.goto(place.inspector.url);
      await see(page.getByRole('grid', { name: 'Events, the newest first' }));
      await page.goto(`http://127.0.0.1:${evil.address().port}/`);
      const before = place.receiver.requests.length;
      const outcome = await page.evaluate(async (target) => {
        const read = await fetch(`${target}/_inspector/events`, { credentials: 'include' }).then(() => 'read', () => 'refused');
        const body = '{"keys":[1]}';
        const write = await fetch(`${target}/_inspector/replay`, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).then(
          (response) => response.status,
          () => 'refused',
        );
        return { read, write };
      }, place.inspector.origin);
      assert.deepEqual(outcome, { read: 'refused', write: 'refused' });
      assert.equal(place.receiver.requests.length, before);
      assert.equal(await page.frames().at(-1).locator('#main').count(), 0);
    } finally {
      await context.close();
      await new Promise((resolve) => evil.close(resolve));
    }
  });

  test('the page reconnects to a server that was started again', async () => {
    const home = newHome();
    const first = await startUi(home);
    const port = new URL(first.origin).port;
    await withPage(first, {}, async (page, { watch }) => {
      watch.expected.push(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/);
      await see(page.getByText('Live', { exact: true }));
      await first.command.stop('SIGTERM');
      await see(page.getByText(/^Disconnected from the inspector/));
      const second = await startUi(home, port);
      assert.equal(second.token, first.token);
      await see(page.getByText('Live', { exact: true }));
    });
  });

  test('closing the page does not touch `listen`', async () => {
    const own = await createWorld();
    await withPage(own.inspector, {}, async (page) => {
      const id = await fire(own, 'ticket.created');
      await see(rowOf(page, id));
    });
    const id = await fire(own, 'ticket.created');
    await until('it is in the history', async () => (await own.api('events?limit=1')).events[0]?.id === id);
    assert.equal(own.inspector.command.child.exitCode, null);
  });

  test('the signing secret and the key never reach the page unasked', () =>
    withPage(place.inspector, {}, async (page) => {
      const texts = [];
      page.on('response', (response) => {
        if (!response.url().endsWith('/stream')) texts.push(response.text().catch(() => ''));
      });
      for (const view of ['events', 'trigger', 'sandbox?show=keys', 'health']) {
        await page.goto(`${place.inspector.origin}/_inspector/#/${view}`);
        await see(page.locator(`.view-${view.split('?')[0]} > *`));
        await until('it is loaded', async () => (await page.locator('.loading, [aria-busy=true]').count()) === 0);
      }
      const all = (await Promise.all(texts)).join('\n');
      assert.ok(all.length > 1000);
      assert.ok(!all.includes(place.receiver.secret), 'the signing secret');
      assert.ok(!all.includes('sk_test_sandbox0000000000000000000000000'), 'the key');
    }));
});
