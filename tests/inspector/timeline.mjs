import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withPage } from './lib/browser.mjs';
import { fireMany } from './lib/load.mjs';
import { createWorld, fire, world } from './lib/world.mjs';
import { gone, panel, rowOf, search, see, until } from './lib/wait.mjs';

describe('timeline', () => {
  let place;
  let early;
  before(async () => {
    place = await world();
    early = await fire(place, 'ticket.created', { ticket: { title: 'A kettle that sings' } });
    await fire(place, 'customer.created');
    place.receiver.status = 500;
    await fire(place, 'article.created');
    place.receiver.status = 200;
  });

  test('shows events from before it was opened, and new ones as they arrive', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, early));
      const late = await fire(place, 'ticket.closed');
      const row = await see(rowOf(page, late));
      assert.match(await row.innerText(), /ticket\.closed/);
      await see(row.getByText('200'));
    }));

  test('removes the token from the address', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, early));
      assert.ok(!page.url().includes(place.inspector.token), page.url());
      const cookies = await page.context().cookies();
      assert.deepEqual(
        cookies.map(({ httpOnly, sameSite, path }) => ({ httpOnly, sameSite, path })),
        [{ httpOnly: true, sameSite: 'Strict', path: '/_inspector' }],
      );
      assert.equal(await page.evaluate(() => document.cookie), '');
    }));

  test('filters by type and by state', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, early));
      await page.getByLabel('Type, or patterns such as ticket.*').fill('customer.*');
      await gone(rowOf(page, early));
      await see(rowOf(page, 'evt_customer_created'));
      await page.getByLabel('Type, or patterns such as ticket.*').fill('');
      await page.getByLabel('State').selectOption('delivered');
      await see(rowOf(page, early));
      await page.getByRole('button', { name: 'Clear filters' }).first().click();
      await until('the filters are gone', () => !page.url().includes('status='));
    }));

  test('searches in bodies and says when nothing fits', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, early));
      await search(page).fill('kettle');
      await gone(rowOf(page, 'evt_customer_created'));
      await see(rowOf(page, early));
      await search(page).fill('no such word anywhere');
      await see(page.getByText('No event matches'));
    }));

  test('filters by an expression and shows what is wrong with one', () =>
    withPage(place.inspector, {}, async (page, { watch }) => {
      watch.expected.push(/400 \(Bad Request\)/);
      await see(rowOf(page, early));
      const field = page.getByLabel('Filter expression');
      await field.fill('data.ticket.title~kettle');
      await gone(rowOf(page, 'evt_customer_created'));
      await see(rowOf(page, early));
      await field.fill('data.ticket.title~[');
      await see(page.locator('.filter-error'));
    }));

  test('a reload keeps filter, event, tab and theme', () =>
    withPage(place.inspector, {}, async (page) => {
      await search(page).fill('kettle');
      await (await see(rowOf(page, early))).click();
      await panel(page).getByRole('tab', { name: 'Context' }).click();
      await page.getByRole('button', { name: /^Theme/ }).click();
      const theme = await page.evaluate(() => document.documentElement.dataset.theme);
      assert.ok(theme);
      const address = page.url();
      await page.reload();
      await see(panel(page).getByText(/req_/));
      assert.equal(await search(page).inputValue(), 'kettle');
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
      assert.equal(page.url(), address);
    }));

  test('two windows agree on what arrives and what changes', () =>
    withPage(place.inspector, {}, async (page, { context }) => {
      await see(rowOf(page, early));
      const other = await context.newPage();
      await other.goto(`${place.inspector.origin}/_inspector/#/events`);
      await see(rowOf(other, early));
      const id = await fire(place, 'survey.submitted');
      for (const one of [page, other]) await see(rowOf(one, id).getByText('200'));
      // The window that closes may be the one that reads the stream for both.
      await page.close();
      const next = await fire(place, 'survey.submitted');
      await see(rowOf(other, next).getByText('200'));
      await place.receiver.received(({ event }) => event.id === next);
    }));

  test('shows the first rows of a long list, then its length, and reaches its end', async () => {
    const many = await createWorld();
    // Half of them are about tickets.
    const receiver = { get count() { return many.receiver.requests.length; } };
    await fireMany({ sandbox: many.sandbox, receiver }, { total: 600 });
    // Later changes of many events would make the page list them again, from the top.
    await until('all are recorded as delivered', async () => {
      const { total } = await many.api('events?status=delivered&limit=1');
      return total === 600;
    });
    await withPage(many.inspector, {}, async (page) => {
      await see(page.getByText('600 events', { exact: true }));
      await page.getByLabel('Type, or patterns such as ticket.*').fill('ticket.*');
      await see(page.locator('.list-bar').getByText('300 events match', { exact: true }));
      await page.getByRole('grid').evaluate((list) => (list.scrollTop = list.scrollHeight));
      await see(page.locator('[role=row][data-index="299"] .type-name', { hasText: 'ticket.' }));
      const late = await fire(many, 'ticket.closed');
      await see(page.getByText('301 events match', { exact: true }));
      await page.getByRole('button', { name: '1 new' }).click();
      await see(rowOf(page, late));
    });
  });

  test('a filter that cannot be used has no list until it is corrected', () =>
    withPage(place.inspector, {}, async (page, { watch }) => {
      watch.expected.push(/400 \(Bad Request\)/);
      await see(rowOf(page, early));
      await page.goto(`${place.inspector.origin}/_inspector/#/events?filter=data.x~[`);
      await page.reload();
      await see(page.getByText('No list yet'));
      await page.getByRole('button', { name: 'Clear filters' }).last().click();
      await see(rowOf(page, early));
    }));

  test('without events it says how to get some', async () => {
    const empty = await createWorld();
    await withPage(empty.inspector, {}, async (page) => {
      await see(page.getByText('No events yet'));
      const id = await fire(empty, 'ticket.created');
      await see(rowOf(page, id));
    });
  });
});
