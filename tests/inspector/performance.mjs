// Measures the page with many events, and prints one table. Not a test: `CSTAR=target/release/cstar node
// tests/inspector/performance.mjs [EVENTS [SECONDS]]`, 100,000 events and 30 seconds by default. They go through a real sandbox and a real
// `cstar listen --history-limit`, so that the history is what users have.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import { closeBrowser, launch } from './lib/browser.mjs';
import { fireMany } from './lib/load.mjs';
import { newHome, startListen, startSandbox, startUi, stopAll } from './lib/processes.mjs';

const EVENTS = Number(process.argv[2] ?? 100_000);
const RATE = 1000;
const SECONDS = Number(process.argv[3] ?? 30);
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
        const all = [];
        for (const text of texts) {
          const status = () => document.querySelector('.list-bar [role=status]')?.textContent;
          const before = status();
          const set = () => {
            input.value = text;
            input.dispatchEvent(new Event('input', { bubbles: true }));
          };
          const busy = () => document.querySelector('[role=grid]').getAttribute('aria-busy') === 'true';
          all.push(await globalThis.timed(set, () => !busy() && status() !== before));
        }
        return all;
      },
      [selector, values],
    );
  note('type in the filter until the list is right', spread(await times('#f-type', ['ticket.*', 'ticket.closed', 'customer.*', '', 'player.*', ''])), '100 ms');
  note('search in bodies until the list is right', spread(await times('#f-q', ['password', 'invoice', 'robin', ''])), '');
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

try {
  const home = newHome();
  const counter = await startCounter();
  const sandbox = await startSandbox(newHome(), ['--ephemeral', '--no-ui']);
  // The history keeps 10,000 events unless it is told to keep more.
  const limit = EVENTS > 10_000 ? ['--history-limit', String(EVENTS)] : [];
  const inspector = await startListen(sandbox, counter.url, limit, home);
  const world = { sandbox, receiver: counter, inspector };
  const filled = await fireMany(world, { total: EVENTS });
  note(`${EVENTS} events through listen`, `${filled.seconds.toFixed(0)} s, ${(EVENTS / filled.seconds).toFixed(0)} events/s`);
  await rates(world);
  await inspector.command.stop('SIGTERM');
  const ui = await startUi(home);
  const page = await openPage(ui);
  await firstPaint(page);
  await scrolling(page);
  await filtering(page);
  await memory(page, 'after scrolling and filtering');
  counter.server.closeAllConnections();
  counter.server.close();
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log(`\n${rows.map(([what, value, limit]) => `${what.padEnd(width)}  ${value}${limit && `  (limit ${limit})`}`).join('\n')}`);
} finally {
  await closeBrowser();
  await stopAll();
}
