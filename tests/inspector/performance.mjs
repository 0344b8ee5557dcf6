// Measures the page with many events, and prints one table. Not a test:
//
// `CSTAR=target/release/cstar node tests/inspector/performance.mjs [EVENTS [SECONDS]]`: 100,000 events and 30 seconds by
// default. They go through a real sandbox and a real `cstar listen --history-limit`, so that the history is what users have.
// `--quick`: 10,000 events, and no measurement at 1,000 events/s.
// `--home DIR`: only the page, with the history of this configuration directory. Nothing is sent.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { closeBrowser, launch } from './lib/browser.mjs';
import { fireMany } from './lib/load.mjs';
import { newHome, startListen, startSandbox, startUi, stopAll } from './lib/processes.mjs';

const { values: options, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, home: { type: 'string' } },
  allowPositionals: true,
});
const EVENTS = Number(positionals[0] ?? (options.quick ? 10_000 : 100_000));
const RATE = 1000;
const SECONDS = Number(positionals[1] ?? 30);
const rows = [];
const note = (what, value, limit = '') => {
  rows.push([what, value, limit]);
  console.log(`${what}: ${value}`);
};
const ms = (value) => `${value.toFixed(0)} ms`;
const spread = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return `p50 ${ms(at(0.5))}, p95 ${ms(at(0.95))}, longest ${ms(sorted.at(-1))}`;
};

/** A receiver that only counts. */
async function startCounter() {
  const counter = { count: 0 };
  counter.server = createServer((request, response) => {
    request.resume().on('end', () => {
      counter.count += 1;
      response.end();
    });
  });
  await new Promise((resolve) => counter.server.listen(0, '127.0.0.1', resolve));
  counter.url = `http://127.0.0.1:${counter.server.address().port}/webhook`;
  return counter;
}

/** The page's own clock: waits in it until a condition is true after a frame, and returns the time since `input`. */
const WATCH = () => {
  const firstRow = new MutationObserver(() => {
    if (globalThis.firstRowAt === undefined && document.querySelector('[role=row][data-index] .type-name')) {
      globalThis.firstRowAt = performance.now();
      firstRow.disconnect();
    }
  });
  firstRow.observe(document, { childList: true, subtree: true });
  globalThis.timed = (input, isDone) =>
    new Promise((resolve) => {
      const start = performance.now();
      const since = () => performance.now() - start;
      input();
      const frame = () => requestAnimationFrame(isDone() || since() > 20_000 ? () => resolve(since()) : frame);
      requestAnimationFrame(frame);
    });
  // A list can be there within one frame, so how often one came is counted.
  globalThis.lists = 0;
  new MutationObserver((changes) => {
    for (const { target } of changes) globalThis.lists += Number(target.matches('[role=grid]') && !target.hasAttribute('aria-busy'));
  }).observe(document, { attributes: true, attributeFilter: ['aria-busy'], subtree: true });
  globalThis.longest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, entry.duration);
  }).observe({ type: 'longtask', buffered: true });
};

async function openPage(inspector) {
  const context = await (await launch()).newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  await page.goto(inspector.url);
  await page.waitForFunction(() => globalThis.firstRowAt !== undefined);
  return page;
}

async function firstPaint(page) {
  const paints = [];
  const firstRows = [];
  for (let load = 0; load < 5; load += 1) {
    await page.reload();
    await page.waitForFunction(() => globalThis.firstRowAt !== undefined);
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
    firstRows.push(await page.evaluate(() => globalThis.firstRowAt));
  }
  note('first contentful paint, five loads', spread(paints), '300 ms');
  note('first rows of events, five loads', spread(firstRows), '300 ms');
}

async function scrolling(page) {
  const jumps = await page.evaluate(async () => {
    const list = document.querySelector('[role=grid]');
    const inView = () => [...list.querySelectorAll('[role=row][data-index]')];
    const isDrawn = () => {
      const { top, bottom } = list.getBoundingClientRect();
      const visible = inView().filter((row) => row.getBoundingClientRect().bottom > top + 30 && row.getBoundingClientRect().top < bottom);
      return visible.length > 10 && visible.every((row) => row.querySelector('.type-name'));
    };
    const near = [];
    const far = [];
    list.scrollTop = 0;
    for (let step = 0; step < 60; step += 1) near.push(await globalThis.timed(() => (list.scrollTop += 600), isDrawn));
    for (let step = 1; step < 30; step += 1) {
      far.push(await globalThis.timed(() => (list.scrollTop = ((step * 7919) % 30) / 30 * (list.scrollHeight - list.clientHeight)), isDrawn));
    }
    return { near, far };
  });
  note('scroll by a screen until all rows are drawn', spread(jumps.near), '100 ms');
  note('jump to anywhere until all rows are drawn', spread(jumps.far), '100 ms');
}

async function filtering(page) {
  const times = async (selector, values) =>
    page.evaluate(
      async ([field, texts]) => {
        const input = document.querySelector(field);
        const shown = [];
        const counted = [];
        for (const text of texts) {
          const before = globalThis.lists;
          const start = performance.now();
          const set = () => {
            input.value = text;
            input.dispatchEvent(new Event('input', { bubbles: true }));
          };
          shown.push(await globalThis.timed(set, () => globalThis.lists > before));
          const isCounted = () => !document.querySelector('.list-bar').textContent.includes('More than');
          await globalThis.timed(() => {}, isCounted);
          counted.push(performance.now() - start);
        }
        return { shown, counted };
      },
      [selector, values],
    );
  for (const [what, selector, values] of [
    ['type in the filter', '#f-type', ['ticket.*', 'ticket.closed', 'customer.*', '', 'player.*', 'ticket.c*', 'article.*', '']],
    ['search in bodies', '#f-q', ['password', 'invoice', 'robin', 'ticket', 'nowhere at all', '']],
  ]) {
    const { shown, counted } = await times(selector, values);
    note(`${what} until the rows are right`, spread(shown), '100 ms');
    note(`${what} until the count is right too`, spread(counted), '');
  }
  const typed = [];
  await page.locator('#f-q').focus();
  for (const letter of 'invoice will not open') {
    typed.push(await page.evaluate((key) => {
      const input = document.querySelector('#f-q');
      return globalThis.timed(() => {
        input.value += key;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }, () => true);
    }, letter));
  }
  note('a letter typed until the next frames', spread(typed), '100 ms');
  await page.locator('#f-q').fill('');
}

async function opening(page) {
  const times = await page.evaluate(async () => {
    const all = [];
    for (const place of [3, 5, 8, 12]) {
      const row = document.querySelector(`[role=row][data-index="${place}"]`);
      const id = row.querySelector('.cell-id [title]').title;
      const isShown = () => document.querySelector('.event-panel')?.textContent.includes(id) && !document.querySelector('.event-panel .loading');
      all.push(await globalThis.timed(() => row.click(), isShown));
    }
    return all;
  });
  note('open an event until it is drawn', spread(times), '100 ms');
}

async function memory(page, what) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const system = await (await launch()).newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  note(`memory ${what}: JavaScript heap, and anonymous memory of the largest renderer`, `${(usedSize / 1e6).toFixed(1)} MB, ${Math.max(...renderers).toFixed(0)} MB`, '150 MB');
}

async function rates(world) {
  const without = await fireMany(world, { rate: RATE, seconds: SECONDS, ahead: 2000 });
  note(`${RATE} events/s for ${SECONDS} s, without a page`, `${(without.arrived / without.seconds).toFixed(0)} events/s`);
  const page = await openPage(world.inspector);
  await page.evaluate(() => (globalThis.longest = 0));
  const withPage = await fireMany(world, { rate: RATE, seconds: SECONDS, ahead: 2000 });
  const ratio = withPage.arrived / withPage.seconds / (without.arrived / without.seconds);
  note(`${RATE} events/s for ${SECONDS} s, with a page`, `${(withPage.arrived / withPage.seconds).toFixed(0)} events/s, ${(ratio * 100).toFixed(1)} %`, '90 %');
  note('longest task of that page', ms(await page.evaluate(() => globalThis.longest)), '');
  await memory(page, 'after that');
  await page.context().close();
}

/** Fills the history of a new home through `listen`, and returns the home. */
async function fill() {
  const home = newHome();
  const counter = await startCounter();
  const sandbox = await startSandbox(newHome(), ['--ephemeral', '--no-ui']);
  // The history keeps 10,000 events unless it is told to keep more.
  const limit = EVENTS > 10_000 ? ['--history-limit', String(EVENTS)] : [];
  const inspector = await startListen(sandbox, counter.url, limit, home);
  const world = { sandbox, receiver: counter, inspector };
  const filled = await fireMany(world, { total: EVENTS });
  note(`${EVENTS} events through listen`, `${filled.seconds.toFixed(0)} s, ${(EVENTS / filled.seconds).toFixed(0)} events/s`);
  if (!options.quick) await rates(world);
  await inspector.command.stop('SIGTERM');
  counter.server.closeAllConnections();
  counter.server.close();
  return home;
}

try {
  const ui = await startUi(options.home ?? (await fill()));
  const page = await openPage(ui);
  await firstPaint(page);
  await scrolling(page);
  await filtering(page);
  await opening(page);
  await memory(page, 'after scrolling and filtering');
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log(`\n${rows.map(([what, value, limit]) => `${what.padEnd(width)}  ${value}${limit && `  (limit ${limit})`}`).join('\n')}`);
} finally {
  await closeBrowser();
  await stopAll();
}
