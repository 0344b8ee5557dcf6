// One Chromium for all tests. Each test gets a window of its own, which is watched: a request to another origin, a
// violation of the content security policy, an error in the console or an uncaught exception fails the test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Chromium refuses to sandbox itself as root, as in containers. The other switches keep it off the network.
const SWITCHES = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

let browser;

export async function launch() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: SWITCHES,
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** What a window did that it must not do. `expected` are patterns of console messages that the test provokes. */
class Watch {
  constructor() {
    this.faults = [];
    this.expected = [];
  }

  report(fault) {
    if (!this.expected.some((pattern) => pattern.test(fault))) this.faults.push(fault);
  }

  check() {
    assert.deepEqual(this.faults, []);
  }
}

/** A browser session (cookies of its own) that may only talk to `origin`. */
export async function openSession(origin, options = {}) {
  await launch();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(30_000);
  const watch = new Watch();
  await context.exposeBinding('reportViolation', (_, text) => watch.report(`content security policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      watch.report(`request to another origin: ${route.request().url()}`);
      return route.abort();
    },
  );
  context.on('page', (page) => {
    page.on('pageerror', (error) => watch.report(`exception: ${error.stack ?? error}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        watch.report(`console: ${message.text()} (${message.location().url})`);
      }
    });
  });
  return { context, watch };
}

/**
 * Runs `test` with a new window at the address that `cstar` printed, and checks what the window did. `hash` names
 * another view, such as `#/trigger`; the other options are those of a browser context.
 */
export async function withPage(inspector, { hash, ...options }, test) {
  const { context, watch } = await openSession(inspector.origin, options);
  try {
    const page = await context.newPage();
    await page.goto(inspector.url);
    await page.waitForFunction(() => !location.hash.includes('token='));
    if (hash) await page.goto(`${inspector.origin}/_inspector/${hash}`);
    await test(page, { context, watch });
    watch.check();
  } finally {
    await context.close();
  }
}

/** The findings of axe-core that are serious or critical, in a form that is easy to read; of all rules, or of some. */
export async function seriousFindings(page, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: only ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  }, rules);
}

/** Whether the page can be scrolled sideways, and what sticks out. */
export function sticksOut(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName}.${element.className}`)
      .slice(0, 10);
  });
}
