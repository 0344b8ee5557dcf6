import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withPage } from './lib/browser.mjs';
import { createWorld, cstar, fire } from './lib/world.mjs';
import { see, until } from './lib/wait.mjs';

describe('health', () => {
  let place;
  before(async () => {
    // Its own, because the others make failures too.
    place = await createWorld();
    for (const type of ['ticket.created', 'ticket.created', 'customer.created']) await fire(place, type);
  });

  const tile = (page, name) => page.locator('.tile', { hasText: name }).locator('dd');

  test('shows counts, a chart with a table, and durations by type', () =>
    withPage(place.inspector, { hash: '#/health' }, async (page) => {
      await see(page.getByRole('heading', { name: 'Health' }));
      await until('three events', async () => (await tile(page, 'Events').innerText()) === '3');
      assert.equal(await tile(page, 'Success rate').innerText(), '100 %');
      await see(page.getByRole('img', { name: /Events per minute: 3 events, 3 delivered, 0 failed/ }));
      await page.getByText('As a table').click();
      await see(page.getByRole('region', { name: 'Events per minute' }).getByRole('cell', { name: '3' }));
      const row = await see(page.getByRole('row', { name: /^ticket\.created/ }));
      assert.match(await row.innerText(), /ticket\.created\s+2\s+0/);
      await page.getByRole('button', { name: '1 day' }).click();
      await see(page.getByText(/Events per \d+ minutes|Events per hour/));
      assert.match(page.url(), /range=1d/);
    }));

  test('failures show in the title, the icon and the numbers', () =>
    withPage(place.inspector, { hash: '#/health' }, async (page) => {
      const icon = () => page.locator('link[rel=icon]').getAttribute('href');
      const before = await icon();
      place.receiver.status = 400;
      await fire(place, 'ticket.deleted');
      place.receiver.status = 200;
      await until('the title', async () => (await page.title()).startsWith('(1 failed)'));
      assert.notEqual(await icon(), before);
      await until('the number', async () => (await tile(page, 'Failed').innerText()) === '1');
      await tile(page, 'Failed').getByRole('link').click();
      await see(page.locator('.view-events [role=row][data-index]', { hasText: 'ticket.deleted' }));
    }));

  test('says what waits and why, and when the stream broke', async () => {
    const { receiver, sandbox } = place;
    await withPage(place.inspector, { hash: '#/health' }, async (page) => {
      await receiver.stop();
      await cstar(place, 'POST', 'webhooks/trigger-test', { event: 'ticket.assigned', data: {} });
      await see(page.getByRole('region', { name: 'What waits and why' }));
      const control = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cut: true, count: 1, path: 'webhooks/listen' }) };
      await fetch(`${sandbox.base}/_sandbox/faults`, control);
      await cstar(place, 'POST', 'webhooks/trigger-test', { event: 'ticket.assigned', data: {} });
      await see(page.getByRole('region', { name: 'Connection' }));
      await see(page.locator('.chart .mark-break, .chart .mark-gap').first());
    });
  });
});
