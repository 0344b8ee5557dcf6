import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withPage } from './lib/browser.mjs';
import { fire, world } from './lib/world.mjs';
import { gone, panel, rowOf, search, see, until } from './lib/wait.mjs';

describe('keyboard', () => {
  let place;
  let older;
  let newer;
  before(async () => {
    place = await world();
    older = await fire(place, 'boss.spawned');
    newer = await fire(place, 'boss.damaged');
  });

  /** The element with the focus, and whether one can see that: by its outline, or by a frame around the list. */
  const focused = (page) =>
    page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const frame = getComputedStyle(element.parentElement ?? element, '::after');
      return {
        name: element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent.trim().slice(0, 40),
        tag: element.tagName,
        visible: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || parseFloat(frame.borderTopWidth) > 0,
      };
    });

  test('moves, opens, replays, edits and closes without a mouse', () =>
    withPage(place.inspector, { hash: '#/events?type=boss.*' }, async (page) => {
      await see(rowOf(page, newer));
      const { keyboard } = page;
      const attempts = () => place.receiver.requests.filter(({ event }) => event.id === older).length;
      await page.getByRole('grid', { name: 'Events, the newest first' }).focus();
      await keyboard.press('j');
      await until('a row is current', () => page.locator('[role=row][aria-current=true]').count());
      while (!(await rowOf(page, older).getAttribute('aria-current'))) await keyboard.press('j');
      await keyboard.press('k');
      await keyboard.press('j');
      await keyboard.press('Enter');
      await see(panel(page).getByRole('heading', { name: 'boss.spawned' }));
      const before = attempts();
      await keyboard.press('r');
      await until('the replay arrived', () => attempts() === before + 1);
      await keyboard.press('e');
      const dialog = page.getByRole('dialog', { name: 'Edit and send' });
      await see(dialog);
      await keyboard.press('Escape');
      await gone(dialog);
      await keyboard.press('Escape');
      await gone(panel(page));
    }));

  test('goes to each view and shows its keys', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, newer));
      for (const [key, view] of [['t', 'trigger'], ['h', 'health'], ['s', 'sandbox'], ['e', 'events']]) {
        await page.locator('body').press('g');
        await page.keyboard.press(key);
        await until(view, () => page.url().includes(`#/${view}`));
      }
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keyboard' });
      await see(help.getByText('Next event', { exact: true }));
      await page.keyboard.press('Escape');
      await gone(help);
    }));

  test('searches with a slash and leaves the search with escape', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, newer));
      await page.keyboard.press('/');
      assert.ok(await search(page).evaluate((field) => field === document.activeElement));
      await page.keyboard.type('boss');
      await page.keyboard.press('Escape');
      assert.ok(await search(page).evaluate((field) => field !== document.activeElement));
      await until('the search is in the address', () => page.url().includes('q=boss'));
    }));

  test('the first tab stop skips to the content, and each stop is visible', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, newer));
      await page.keyboard.press('Tab');
      assert.equal((await focused(page)).name, 'Skip to content');
      const names = [];
      for (let stop = 0; stop < 24; stop += 1) {
        await page.keyboard.press('Tab');
        const { name, visible, tag } = await focused(page);
        if (tag === 'BODY') break;
        assert.ok(visible, `the focus on ${tag} ${name} is not visible`);
        names.push(name);
      }
      assert.ok(names.includes('Health') && names.includes('Keyboard help'), names.join());
    }));

  test('every key of the event also is a button', () =>
    withPage(place.inspector, { hash: '#/events?type=boss.*' }, async (page) => {
      await (await see(rowOf(page, newer))).click();
      for (const name of ['Replay', 'Edit and send', 'Close the event', 'Previous event of the resource', 'Full width']) {
        await see(panel(page).getByRole('button', { name, exact: true }));
      }
      for (const name of ['Keyboard help', 'Hide personal data']) await see(page.getByRole('button', { name }));
    }));

  test('fills and sends a form without a mouse', () =>
    withPage(place.inspector, { hash: '#/trigger?type=article.created' }, async (page) => {
      await see(page.getByRole('heading', { name: 'article.created' }));
      await page.getByLabel('Search types').focus();
      await page.keyboard.type('survey');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await see(page.getByRole('heading', { name: 'survey.submitted' }));
      await page.keyboard.press('Tab');
      assert.equal((await focused(page)).name, 'Send');
      const before = place.receiver.requests.length;
      await page.keyboard.press('Enter');
      await until('it arrived', () =>
        place.receiver.requests.slice(before).some(({ event }) => event.type === 'survey.submitted'));
    }));

  test('changes a ticket without a mouse', () =>
    withPage(place.inspector, { hash: '#/sandbox?show=tickets' }, async (page) => {
      await (await see(page.getByRole('link', { name: 'New ticket' }))).focus();
      await page.keyboard.press('Enter');
      await (await see(page.getByLabel(/^title/))).focus();
      await page.keyboard.type('Typed only');
      await page.keyboard.press('Enter');
      await see(page.getByRole('heading', { name: 'Typed only' }));
    }));
});
