import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withPage } from './lib/browser.mjs';
import { world } from './lib/world.mjs';
import { see, until } from './lib/wait.mjs';

describe('trigger', () => {
  let place;
  before(async () => {
    place = await world();
  });

  const opened = (type, work) =>
    withPage(place.inspector, { hash: `#/trigger?type=${type}` }, async (page) => {
      await see(page.getByRole('heading', { name: type }));
      await work(page);
    });
  const member = (page, path) => page.locator(`[data-path="${path}"]`).locator('input, select, textarea');
  const yours = (page) => page.locator('.arrival.caused');

  test('every type has a form with a field for each member', () =>
    opened('ticket.created', async (page) => {
      const { types } = await place.api('types');
      assert.equal(types.length, 35);
      for (const { type, sample } of types) {
        await page.getByLabel('Type', { exact: true }).selectOption(type);
        await see(page.getByRole('heading', { name: type, exact: true }));
        const paths = await page.locator('[data-path]').evaluateAll((fields) => fields.map((field) => field.dataset.path));
        assert.deepEqual(paths.toSorted(), leaves(sample).toSorted(), type);
      }
      assert.ok(page.url().includes(types.at(-1).type));
    }));

  test('the search finds types by name and meaning', () =>
    opened('ticket.created', async (page) => {
      await page.getByLabel('Search types').fill('level');
      await see(page.getByText(/^\d+ types?$/));
      const found = await page.getByLabel('Type', { exact: true }).locator('option').allInnerTexts();
      assert.ok(found.includes('player.level_up') && found.length < 35, found.join());
      await page.getByLabel('Search types').press('Enter');
      await until('the first one is chosen', () => page.url().includes(found[0]));
    }));

  test('a changed field is sent, and the answer appears beside it', () =>
    opened('ticket.created', async (page) => {
      await member(page, 'ticket.title').fill('Made in a form');
      await member(page, 'ticket.priority').selectOption('urgent');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      const { event } = await place.receiver.received(({ event: one }) => one.data.ticket?.title === 'Made in a form');
      assert.equal(event.data.ticket.priority, 'urgent');
      const row = await see(yours(page));
      assert.match(await row.innerText(), /ticket\.created/);
      await see(row.getByText('200'));
      await row.locator('summary').click();
      await see(row.getByText('thank you'));
      await see(row.getByText('Made in a form'));
    }));

  test('a chosen value is sent, also if the form has it already', () =>
    opened('ticket.closed', async (page) => {
      const priority = member(page, 'ticket.priority');
      const shown = await priority.inputValue();
      await priority.selectOption(shown);
      for (const title of ['Chosen once', 'Chosen twice', 'Chosen again']) {
        await member(page, 'ticket.title').fill(title);
        await page.getByRole('button', { name: 'Send', exact: true }).click();
        const { event } = await place.receiver.received(({ event: one }) => one.data.ticket?.title === title);
        assert.equal(event.data.ticket.priority, shown);
      }
    }));

  test('sends the last one again with another priority', () =>
    opened('ticket.updated', async (page) => {
      await member(page, 'ticket.title').fill('Again and again');
      await member(page, 'ticket.priority').selectOption('low');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      const fits = (priority) => ({ event }) => event.data.ticket?.title === 'Again and again' && event.data.ticket.priority === priority;
      const first = await place.receiver.received(fits('low'));
      await (await see(page.getByRole('button', { name: 'Again with priority urgent' }))).click();
      const second = await place.receiver.received(fits('urgent'));
      assert.notEqual(first.event.id, second.event.id);
    }));

  test('sends a hundred, each with values of its own', () =>
    opened('player.xp_gained', async (page) => {
      await member(page, 'gain.amount').fill('4321');
      await page.getByRole('button', { name: 'Send 100' }).click();
      const arrived = () => place.receiver.requests.filter(({ event }) => event.data.gain?.amount === 4321);
      await until('all hundred arrived', () => new Set(arrived().map(({ event }) => event.id)).size === 100);
      assert.ok(new Set(arrived().map(({ event }) => event.data.player.id)).size > 1);
      await see(page.getByText('Sent 100 events'));
    }));

  test('sends JSON, and names what is wrong with it', () =>
    opened('customer.created', async (page) => {
      await page.getByRole('button', { name: 'JSON' }).click();
      const area = page.getByLabel('Data of the event as JSON');
      const data = JSON.parse(await area.inputValue());
      await area.fill('{');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await see(page.getByText(/the data is not JSON/));
      data.customer.name = 'Written as JSON';
      data.customer.unknown = [1, { two: true }];
      await area.fill(JSON.stringify(data));
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      const { event } = await place.receiver.received(({ event: one }) => one.data.customer?.name === 'Written as JSON');
      assert.deepEqual(event.data.customer.unknown, [1, { two: true }]);
      await page.getByRole('button', { name: 'Form' }).click();
      assert.equal(await member(page, 'customer.name').inputValue(), 'Written as JSON');
    }));

  test('can send exactly the values that it shows', () =>
    opened('survey.submitted', async (page) => {
      await page.getByLabel('Send exactly these values').check();
      const id = await member(page, 'survey.id').inputValue();
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await place.receiver.received(({ event }) => event.data.survey?.id === id);
    }));
});

/** The paths of the members that are no objects. */
function leaves(value, names = []) {
  return Object.entries(value).flatMap(([name, member]) => {
    const path = [...names, name];
    const isObject = member !== null && typeof member === 'object' && !Array.isArray(member) && Object.keys(member).length > 0;
    return isObject ? leaves(member, path) : [path.join('.')];
  });
}
