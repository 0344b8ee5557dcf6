import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { seriousFindings, sticksOut, withPage } from './lib/browser.mjs';
import { cstar, fire, world } from './lib/world.mjs';
import { panel, rowOf, see, until } from './lib/wait.mjs';

/** Forced colours take backgrounds and shadows away: what can be used and has no border cannot be seen. */
function withoutBorder(page) {
  return page.evaluate(() =>
    // The names in the tree of a body are text that can be clicked.
    [...document.querySelectorAll('button:not(.key), input:not([type=checkbox]), select, textarea, .button')]
      .filter((element) => element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }))
      .filter((element) => {
        const { borderBottomStyle, borderBottomWidth, borderBottomColor, backgroundColor } = getComputedStyle(element);
        return borderBottomStyle === 'none' || parseFloat(borderBottomWidth) === 0 || (borderBottomColor === backgroundColor && !element.matches('[role=tab]'));
      })
      .map((element) => `no border: ${element.outerHTML.slice(0, 100)}`));
}

/** The current one of several looks different from the others. */
function unmarked(page) {
  return page.evaluate(() => {
    const look = (element) => {
      const style = getComputedStyle(element);
      return ['color', 'backgroundColor', 'borderColor', 'borderStyle', 'outlineStyle', 'outlineColor', 'fontWeight'].map((name) => style[name]).join();
    };
    const pairs = [['[role=tab][aria-selected=true]', '[role=tab][aria-selected=false]'], ['nav a[aria-current]', 'nav a:not([aria-current])'], ['[role=row].current', '[role=row][data-index]:not(.current)']];
    return pairs
      .map(([one, other]) => [document.querySelector(one), document.querySelector(other)])
      .filter(([one, other]) => one && other && look(one) === look(other))
      .map(([one]) => `not marked: ${one.outerHTML.slice(0, 100)}`);
  });
}

describe('looks', () => {
  let place;
  let id;
  let ticket;
  before(async () => {
    place = await world();
    place.receiver.status = 500;
    id = await fire(place, 'ticket.created', { ticket: { title: 'A title that is rather long and has averyveryverylongwordinitthatcannotbebroken' } });
    place.receiver.status = 200;
    await until('it is delivered', () => place.receiver.requests.some(({ event, status }) => event.id === id && status === 200));
    ticket = await cstar(place, 'POST', 'tickets', { title: 'To look at', notes: 'word '.repeat(100) });
  });

  /** Every view, and how to see that it is there. */
  const views = () => [
    { name: 'events', hash: '#/events', ready: (page) => see(rowOf(page, id)) },
    ...['body', 'answer', 'headers', 'signature', 'diff', 'context'].map((tab) => ({
      name: `event, ${tab}`,
      hash: `#/events?q=averyveryverylong&tab=${tab}`,
      ready: async (page) => {
        await (await see(rowOf(page, id))).click();
        await see(panel(page).getByRole('tab', { selected: true }));
        await until('it is loaded', async () => (await page.locator('[aria-busy=true], .loading').count()) === 0);
      },
    })),
    { name: 'trigger', hash: '#/trigger?type=ticket.updated', ready: (page) => see(page.getByRole('heading', { name: 'ticket.updated' })) },
    { name: 'trigger, JSON', hash: '#/trigger?type=article.created&tab=json', ready: (page) => see(page.getByLabel('Data of the event as JSON')) },
    { name: 'tickets', hash: '#/sandbox?show=tickets', ready: (page) => see(page.getByRole('link', { name: 'To look at' })) },
    { name: 'ticket', hash: `#/sandbox?show=tickets&id=${ticket.id}`, ready: (page) => see(page.getByRole('region', { name: 'Messages' })) },
    { name: 'new webhook', hash: '#/sandbox?show=webhooks&id=new', ready: (page) => see(page.getByRole('heading', { name: 'New webhook' })) },
    { name: 'log', hash: '#/sandbox?show=log', ready: (page) => see(page.getByRole('row', { name: /POST/ })) },
    { name: 'faults', hash: '#/sandbox?show=faults', ready: (page) => see(page.getByText(/The sandbox says/)) },
    { name: 'state', hash: '#/sandbox?show=state', ready: (page) => see(page.getByRole('button', { name: 'Create sample data' })) },
    { name: 'health', hash: '#/health', ready: (page) => see(page.getByRole('heading', { name: 'Duration by type' })) },
  ];

  /** Opens every view in one window. */
  const eachView = async (page, check) => {
    for (const { name, hash, ready } of views()) {
      await page.goto(`${place.inspector.origin}/_inspector/${hash}`);
      await ready(page);
      await check(name);
    }
  };

  test('axe finds nothing serious in any view, in light and dark', () =>
    withPage(place.inspector, {}, async (page) => {
      const found = {};
      await eachView(page, async (name) => {
        // Only the colours differ, so the second time is quick.
        for (const [colorScheme, rules] of [['light'], ['dark', ['color-contrast']]]) {
          await page.emulateMedia({ colorScheme });
          const findings = await seriousFindings(page, rules);
          if (findings.length) found[`${name}, ${colorScheme}`] = findings;
        }
      });
      assert.deepEqual(found, {});
    }));

  test('forced colours: every view has borders around what can be used, and marks what is current', () =>
    withPage(place.inspector, { forcedColors: 'active' }, async (page) => {
      const found = {};
      await eachView(page, async (name) => {
        const findings = [...(await seriousFindings(page, ['color-contrast'])), ...(await withoutBorder(page)), ...(await unmarked(page))];
        if (findings.length) found[name] = findings;
      });
      assert.deepEqual(found, {});
    }));

  test('forced colours keep the focus and the state of switches', () =>
    withPage(place.inspector, { forcedColors: 'active' }, async (page) => {
      await see(rowOf(page, id));
      const button = page.getByRole('button', { name: 'Keyboard help' });
      await button.focus();
      const { outlineStyle } = await button.evaluate((element) => ({ outlineStyle: getComputedStyle(element).outlineStyle }));
      assert.notEqual(outlineStyle, 'none');
      await page.goto(`${place.inspector.origin}/_inspector/#/sandbox?show=faults`);
      const toggle = await see(page.getByRole('switch', { name: 'Errors' }));
      const style = () => toggle.evaluate((element) => {
        const { backgroundColor } = getComputedStyle(element, '::before');
        return backgroundColor;
      });
      const off = await style();
      await toggle.check();
      await until('the switch looks different', async () => (await style()) !== off);
      await toggle.uncheck();
      await see(page.getByRole('button', { name: 'Remove all faults', disabled: true }));
    }));

  test('axe finds nothing serious in the dialogs', () =>
    withPage(place.inspector, {}, async (page) => {
      await see(rowOf(page, id));
      await page.keyboard.press('?');
      await see(page.getByRole('dialog'));
      assert.deepEqual(await seriousFindings(page), []);
      await page.keyboard.press('Escape');
      await rowOf(page, id).click();
      await panel(page).getByRole('button', { name: 'Edit and send' }).click();
      await see(page.getByRole('dialog', { name: 'Edit and send' }));
      assert.deepEqual(await seriousFindings(page), []);
    }));

  test('nothing sticks out at 360 pixels', () =>
    withPage(place.inspector, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }, async (page) => {
      const found = {};
      await eachView(page, async (name) => {
        const parts = await sticksOut(page);
        if (parts.length) found[name] = parts;
      });
      assert.deepEqual(found, {});
    }));

  test('a narrow window shows the current section and the newest minutes', () =>
    withPage(place.inspector, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }, async (page) => {
      await page.goto(`${place.inspector.origin}/_inspector/#/sandbox?show=state`);
      const isInside = (locator) => locator.evaluate((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left >= 0 && right <= document.documentElement.clientWidth;
      });
      const current = await see(page.getByRole('navigation', { name: 'Sandbox' }).getByRole('link', { name: 'State' }));
      await until('the current section is in view', () => isInside(current));
      await page.goto(`${place.inspector.origin}/_inspector/#/health`);
      await see(page.getByRole('heading', { name: 'Duration by type' }));
      await until('the newest bar is in view', () => isInside(page.locator('.chart rect').last()));
    }));

  test('the theme follows the system and can be chosen', () =>
    withPage(place.inspector, { colorScheme: 'dark' }, async (page) => {
      await see(rowOf(page, id));
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await background();
      await page.emulateMedia({ colorScheme: 'light' });
      const light = await background();
      assert.notEqual(dark, light);
      const seen = new Set();
      for (let press = 0; press < 3; press += 1) {
        await page.getByRole('button', { name: /^Theme/ }).click();
        seen.add(await background());
      }
      assert.deepEqual(seen, new Set([dark, light]));
    }));

  test('masked mode hides personal data, survives a reload, and is one switch', () =>
    withPage(place.inspector, {}, async (page) => {
      await (await see(rowOf(page, id))).click();
      const title = await see(panel(page).getByText(/averyvery/));
      const blurred = () => title.evaluate((element) => getComputedStyle(element.closest('.personal') ?? element).filter);
      assert.equal(await blurred(), 'none');
      await page.getByRole('button', { name: 'Hide personal data' }).click();
      assert.match(await blurred(), /blur/);
      await page.reload();
      await see(panel(page).getByText(/averyvery/));
      assert.match(await blurred(), /blur/);
      await page.goto(`${place.inspector.origin}/_inspector/#/sandbox?show=tickets&id=${ticket.id}`);
      const heading = await see(page.getByRole('heading', { name: 'To look at' }));
      assert.match(await heading.locator('.personal').evaluate((element) => getComputedStyle(element).filter), /blur/);
    }));
});
