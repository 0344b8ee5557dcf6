import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { withPage } from './lib/browser.mjs';
import { cstar, fire, world } from './lib/world.mjs';
import { panel, rowOf, see, until } from './lib/wait.mjs';

describe('event', () => {
  let place;
  let first;
  let second;
  before(async () => {
    place = await world();
    first = await fire(place, 'ticket.updated', { ticket: { title: 'The kettle is cold', priority: 'low' } });
    // The history keeps the headers of attempts that failed, so the second one fails first.
    place.receiver.status = 500;
    second = await fire(place, 'ticket.updated', { ticket: { title: 'The kettle is hot', priority: 'urgent' } });
    place.receiver.status = 200;
    await until('it is delivered', () => attemptsOf(second).some(({ status }) => status === 200));
  });

  const open = async (page, id) => {
    await (await see(rowOf(page, id))).click();
    await see(panel(page).getByRole('heading', { name: 'ticket.updated' }));
  };
  const attemptsOf = (id) => place.receiver.requests.filter(({ event }) => event.id === id);

  test('shows body, answer, headers and where it came from', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, second);
      await see(panel(page).getByText('The kettle is hot'));
      await panel(page).getByRole('tab', { name: 'Answer' }).click();
      await see(panel(page).getByText('thank you'));
      await panel(page).getByRole('tab', { name: 'Headers' }).click();
      await see(panel(page).getByText('x-event-id', { exact: false }));
      await panel(page).getByRole('tab', { name: 'Context' }).click();
      await see(panel(page).getByText(/req_/));
    }));

  test('works out the signature', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, second);
      await panel(page).getByRole('tab', { name: 'Signature' }).click();
      const [request] = attemptsOf(second);
      const claimed = request.headers['x-signature'].match(/v1=([0-9a-f]+)/)[1];
      await see(panel(page).getByText(claimed));
      assert.equal(request.signed, true);
    }));

  test('compares with the previous event of its type', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, second);
      await page.keyboard.press('d');
      const line = await see(panel(page).getByRole('row', { name: /title/ }));
      const text = await line.innerText();
      assert.match(text, /The kettle is cold/);
      assert.match(text, /The kettle is hot/);
    }));

  test('compares with the template of its type', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, second);
      await panel(page).getByRole('tab', { name: 'Diff' }).click();
      await panel(page).getByLabel('Compare with').selectOption('template');
      await see(panel(page).getByRole('row', { name: /title/ }));
    }));

  test('replays with the same id and bytes and a fresh signature', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, first);
      const before = attemptsOf(first);
      await panel(page).getByRole('button', { name: 'Replay', exact: true }).click();
      await until('the replay arrived', () => attemptsOf(first).length > before.length);
      const [original] = before;
      const replayed = attemptsOf(first).at(-1);
      assert.ok(original.body.equals(replayed.body));
      assert.equal(replayed.signed, true);
      assert.ok(Number(replayed.headers['x-delivery-attempt']) > Number(original.headers['x-delivery-attempt']));
      await see(page.getByText(/answered HTTP 200/));
    }));

  test('replays several events at once', () =>
    withPage(place.inspector, {}, async (page) => {
      const count = () => attemptsOf(first).length + attemptsOf(second).length;
      const before = count();
      for (const id of [first, second]) await (await see(rowOf(page, id))).locator('.cell-mark').click();
      await page.locator('.list-bar').getByRole('button', { name: 'Replay', exact: true }).click();
      await until('both arrived', () => count() === before + 2);
      await see(page.getByText('2 deliveries succeeded'));
    }));

  test('sends an edited copy as a new event', () =>
    withPage(place.inspector, {}, async (page) => {
      await open(page, second);
      await panel(page).getByRole('button', { name: 'Edit and send' }).click();
      const dialog = page.getByRole('dialog', { name: 'Edit and send' });
      const area = dialog.getByLabel('Body');
      const text = await area.inputValue();
      await area.fill('{ not JSON');
      await see(dialog.getByText(/Not valid JSON/));
      assert.ok(await dialog.getByRole('button', { name: 'Send', exact: true }).isDisabled());
      await area.fill(text.replace('The kettle is hot', 'The kettle exploded'));
      await dialog.getByRole('button', { name: 'Send', exact: true }).click();
      const edited = await place.receiver.received(({ body }) => body.includes('The kettle exploded'));
      assert.notEqual(edited.event.id, second);
      assert.equal(edited.signed, true);
      await see(rowOf(page, edited.event.id).getByText('edited'));
      const stored = await place.api(`events/${edited.event.id}`);
      assert.equal(stored.origin, 'edited');
      assert.equal(stored.source_id, second);
    }));

  test('copies a curl command that a shell can run', () =>
    withPage(place.inspector, { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await open(page, second);
      const before = attemptsOf(second).length;
      await panel(page).getByText('Copy as').click();
      await panel(page).getByRole('button', { name: 'Signed curl command' }).click();
      await see(page.getByText(/Copied a signed curl command/));
      const command = await page.evaluate(() => navigator.clipboard.readText());
      await promisify(execFile)('bash', ['-c', command]);
      await until('curl arrived', () => attemptsOf(second).length > before);
      assert.equal(attemptsOf(second).at(-1).signed, true);
    }));

  test('leads to the previous and next event of the same ticket', () =>
    withPage(place.inspector, {}, async (page) => {
      const { id } = await cstar(place, 'POST', 'tickets', { title: 'One of three' });
      await cstar(place, 'PATCH', `tickets/${id}`, { priority: 'high' });
      await cstar(place, 'PATCH', `tickets/${id}`, { status: 'closed' });
      const closed = await place.receiver.received(({ event }) => event.type === 'ticket.closed' && event.data.ticket.id === id);
      await (await see(rowOf(page, closed.event.id))).click();
      await see(panel(page).getByRole('heading', { name: 'ticket.closed' }));
      await panel(page).getByRole('button', { name: 'Previous event of the resource' }).click();
      await see(panel(page).getByRole('heading', { name: 'ticket.updated' }));
      await panel(page).getByRole('button', { name: 'Next event of the resource' }).click();
      await see(panel(page).getByRole('heading', { name: 'ticket.closed' }));
    }));
});
