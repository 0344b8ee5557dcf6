import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withPage } from './lib/browser.mjs';
import { inspectorOf, newHome, startUi } from './lib/processes.mjs';
import { createWorld, cstar, fire, world } from './lib/world.mjs';
import { count, gone, rowOf, see, until } from './lib/wait.mjs';

describe('sandbox', () => {
  let place;
  before(async () => {
    place = await world();
  });

  const opened = (params, work, options = {}) =>
    withPage((options.place ?? place).inspector, { hash: `#/sandbox?${new URLSearchParams(params)}`, ...options.browser }, async (page, watched) => {
      await see(page.getByRole('navigation', { name: 'Sandbox' }));
      await work(page, watched);
    });
  const caused = (page) => page.locator('.arrival.caused');

  test('a new ticket and its event are seen side by side', () =>
    opened({ show: 'tickets' }, async (page) => {
      await page.getByRole('link', { name: 'New ticket' }).click();
      await page.getByLabel(/^title/).fill('Written on the left');
      await page.getByLabel('priority').selectOption('high');
      await page.getByRole('button', { name: 'Create ticket' }).click();
      await see(page.getByRole('heading', { name: 'Written on the left' }));
      const row = await see(caused(page));
      assert.match(await row.innerText(), /ticket\.created/);
      await see(row.getByText('200'));
      const { event } = await place.receiver.received(({ event: one }) => one.data.ticket?.title === 'Written on the left');
      assert.equal(event.data.ticket.priority, 'high');
    }));

  test('a change sends only what was changed, and its event follows', () =>
    opened({ show: 'tickets', id: 'new' }, async (page) => {
      await page.getByLabel(/^title/).fill('To be changed');
      await page.getByRole('button', { name: 'Create ticket' }).click();
      await see(page.getByRole('heading', { name: 'To be changed' }));
      await page.getByLabel('priority').selectOption('urgent');
      const request = page.waitForRequest((one) => one.method() === 'PATCH');
      await page.getByRole('button', { name: 'Save' }).click();
      assert.deepEqual((await request).postDataJSON(), { priority: 'urgent' });
      await see(page.getByText(/^Saved/));
      await see(caused(page).filter({ hasText: 'ticket.updated' }).getByText('200'));
      const changed = await place.receiver.received(
        ({ event }) => event.type === 'ticket.updated' && event.data.ticket.title === 'To be changed',
      );
      assert.equal(changed.event.data.ticket.priority, 'urgent');
    }));

  test('a repeated request is done once', () =>
    opened({ show: 'tickets', id: 'new' }, async (page) => {
      await page.getByLabel(/^title/).fill('Only once');
      await page.getByRole('button', { name: 'Create ticket' }).click();
      await see(page.getByRole('heading', { name: 'Only once' }));
      await page.getByLabel('status').selectOption('pending');
      await page.getByRole('button', { name: 'Save' }).click();
      await (await see(page.getByRole('button', { name: 'Repeat with the same idempotency key' }))).click();
      await see(page.getByText('The answer is the stored one of the first request.'));
    }));

  test('an error of the API is shown as it is', () =>
    opened({ show: 'customers', id: 'new' }, async (page, { watch }) => {
      watch.expected.push(/400 \(Bad Request\)|422/);
      await page.getByLabel(/^name/).fill('Nobody');
      await page.getByLabel(/^email/).fill('not an address');
      const answer = page.waitForResponse((one) => one.request().method() === 'POST');
      await page.getByRole('button', { name: 'Create customer' }).click();
      const { error } = await (await answer).json();
      const box = await see(page.locator('.api-error'));
      const text = await box.innerText();
      for (const part of [error.message, error.code, error.request_id]) assert.ok(text.includes(part), `${part} in ${text}`);
      assert.equal(await page.getByLabel(/^email/).getAttribute('aria-invalid'), 'true');
    }));

  test('a customer can be deleted after a question', () =>
    opened({ show: 'customers', id: 'new' }, async (page) => {
      await page.getByLabel(/^name/).fill('Short Stay');
      await page.getByLabel(/^email/).fill('short.stay@example.com');
      await page.getByRole('button', { name: 'Create customer' }).click();
      await see(page.getByRole('heading', { name: 'Short Stay' }));
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await see(page.getByText('Deleted the customer.'));
      await place.receiver.received(({ event }) => event.type === 'customer.deleted' && event.data.customer.name === 'Short Stay');
    }));

  test('a message to a ticket causes its event', async () => {
    const { id } = await cstar(place, 'POST', 'tickets', { title: 'Needs an answer' });
    await opened({ show: 'tickets', id }, async (page) => {
      const messages = page.getByRole('region', { name: 'Messages' });
      await see(messages.getByText('No messages yet'));
      await messages.getByLabel(/^content/).fill('We are on it.');
      await messages.getByRole('button', { name: 'Add message' }).click();
      await see(messages.locator('.message').getByText('We are on it.'));
      await see(caused(page).filter({ hasText: 'ticket.message_added' }));
    });
  });

  test('lists have pages, filters and an empty state, and keep them', () =>
    opened({ show: 'articles' }, async (page) => {
      await see(page.getByText('No articles yet'));
      for (let number = 0; number < 21; number += 1) await cstar(place, 'POST', 'articles', { title: `Article ${number}` });
      await page.reload();
      await see(page.getByText('Page 1 of 2, 21 objects'));
      await page.getByRole('button', { name: 'Next' }).click();
      await count(page.locator('.objects tbody tr'), 1);
      await page.reload();
      await see(page.getByText('Page 2 of 2'));
      await page.getByLabel('search').fill('Article 13');
      await count(page.locator('.objects tbody tr'), 1);
      await page.getByLabel('status').selectOption('archived');
      await see(page.getByText('No article fits these filters'));
    }));

  test('a webhook shows its deliveries and is tested', () =>
    opened({ show: 'webhooks', id: 'new' }, async (page) => {
      await page.getByLabel(/^name/).fill('Second receiver');
      await page.getByLabel(/^url/).fill(place.receiver.url.replace('/webhook', '/second'));
      await page.getByLabel(/^events/).fill('ticket.*');
      await page.getByRole('button', { name: 'Create webhook' }).click();
      await see(page.getByText(/^whsec_/));
      await page.getByRole('link', { name: 'Open the webhook' }).click();
      const deliveries = page.getByRole('region', { name: 'Deliveries' });
      await see(deliveries.getByText('No deliveries yet'));
      await deliveries.getByRole('button', { name: 'Send a test event' }).click();
      await place.receiver.received(({ path }) => path === '/second');
      const row = await see(deliveries.locator('.deliveries li'));
      await row.locator('summary').first().click();
      await see(row.getByRole('heading', { name: /^Attempt 1: \d+/ }));
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await see(page.getByText('No webhooks yet'));
    }));

  test('a key is shown once and can be revoked', () =>
    opened({ show: 'keys', id: 'new' }, async (page) => {
      await page.getByLabel(/^name/).fill('For one test');
      await page.getByRole('button', { name: 'Create API key' }).click();
      const key = await (await see(page.getByText(/^sk_test_/))).innerText();
      await page.getByRole('link', { name: 'Open the API key' }).click();
      await see(page.getByRole('heading', { name: 'For one test' }));
      await gone(page.getByText(key));
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await see(page.getByRole('heading', { name: 'API keys' }));
      await gone(page.getByText('For one test', { exact: true }));
    }));

  test('the request log is live and leads to the events of a request', () =>
    opened({ show: 'log', method: 'POST' }, async (page) => {
      await see(page.getByText('Live', { exact: true }).last());
      const { id } = await cstar(place, 'POST', 'tickets', { title: 'Seen in the log' });
      const row = await see(page.getByRole('row', { name: /POST …\/tickets 201/ }));
      await cstar(place, 'GET', `tickets/${id}`);
      await gone(page.getByRole('row', { name: /GET/ }));
      await row.getByRole('link', { name: /^req_/ }).click();
      await see(page.locator('.view-events [role=row][data-index]', { hasText: 'ticket.created' }));
    }));

  test('faults are switches, and the clock can be set wrong', async () => {
    const own = await createWorld();
    await opened({ show: 'faults' }, async (page, { watch }) => {
      watch.expected.push(/503 \(Service Unavailable\)/);
      await see(page.getByText(/as on this computer/));
      await page.getByRole('switch', { name: 'Errors' }).check();
      await see(page.getByText(/status=503: 0 hits/));
      await assert.rejects(cstar(own, 'GET', 'tickets'), /503/);
      await see(page.getByText(/status=503: 1 hit\./));
      await page.getByRole('switch', { name: 'Errors' }).uncheck();
      await until('the fault is gone', () => cstar(own, 'GET', 'tickets').then(() => true, () => false));
      await page.getByRole('switch', { name: 'Wrong clock' }).check();
      await see(page.getByText(/skew=/));
      await page.getByRole('button', { name: 'Read the clock' }).click();
      await see(page.getByText(/(599|600|601) seconds behind/));
      await page.getByRole('button', { name: 'Remove all faults' }).click();
      await until('the switch is off', async () => !(await page.getByRole('switch', { name: 'Wrong clock' }).isChecked()));
    }, { place: own });
  });

  test('an invalid fault is refused with the reason', () =>
    opened({ show: 'faults' }, async (page, { watch }) => {
      watch.expected.push(/400 \(Bad Request\)/);
      await page.locator('.card', { hasText: 'Slow answers' }).getByLabel('delay').fill('soon');
      await page.getByRole('switch', { name: 'Slow answers' }).click();
      await see(page.locator('.api-error').getByText(/latency/));
      assert.equal(await page.getByRole('switch', { name: 'Slow answers' }).isChecked(), false);
    }));

  test('sample data, export and reset', async () => {
    const own = await createWorld();
    await opened({ show: 'state' }, async (page) => {
      const data = page.getByRole('region', { name: 'Sample data' });
      await data.getByLabel('customers').fill('3');
      await data.getByLabel('tickets').fill('4');
      await data.getByRole('button', { name: 'Create sample data' }).click();
      await see(page.getByText('The sample data exists.'));
      assert.equal((await cstar(own, 'GET', 'tickets')).length, 4);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export to a file' }).click();
      assert.equal((await download).suggestedFilename(), 'sandbox.ndjson');
      await page.getByRole('button', { name: 'Reset the sandbox' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
      await see(page.getByText('The sandbox is as new.'));
      assert.equal((await cstar(own, 'GET', 'tickets')).length, 0);
    }, { place: own });
  });

  test('without a sandbox the page says so', async () => {
    const ui = await startUi(newHome());
    await withPage(ui, { hash: '#/sandbox' }, (page) => see(page.getByText('There is no sandbox here')));
  });

  test('the page of `cstar sandbox` itself shows the same', async () => {
    const id = await fire(place, 'ticket.created');
    const own = await inspectorOf(place.sandbox.command);
    await withPage(own, { hash: '#/sandbox?show=tickets' }, async (page) => {
      await see(page.getByRole('heading', { name: 'Tickets' }));
      await page.getByRole('link', { name: 'Events', exact: true }).click();
      await see(rowOf(page, id));
    });
  });
});
