// Waiting for conditions. Nothing here waits for a time.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE = 30_000;

/** Waits until something is visible. */
export async function see(locator) {
  await locator.first().waitFor({ state: 'visible' });
  return locator.first();
}

/** Waits until nothing of it is visible. */
export async function gone(locator) {
  await locator.first().waitFor({ state: 'hidden' });
}

/** Asks until the answer is true, and returns it. */
export async function until(what, check) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    last = await check();
    if (last) return last;
    await pause(25);
  }
  return assert.fail(`${what}: not in time; last answer ${JSON.stringify(last)}`);
}

/** Waits until a locator finds this many elements. */
export function count(locator, number) {
  return until(`${number} of ${locator}`, async () => (await locator.count()) === number);
}

/** The row of an event in the timeline, by its id or the beginning of one. The row shows the end of the id only. */
export const rowOf = (page, id) => page.locator('.view-events [role=row][data-index]', { has: page.locator(`.cell-id [title^="${id}"]`) });

/** The search of the timeline. */
export const search = (page) => page.getByRole('searchbox', { name: 'Search in bodies, headers and answers' });

/** The part of the page that shows one event. */
export const panel = (page) => page.locator('.event-panel');
