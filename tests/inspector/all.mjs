// All tests in one process, one after the other: they share a browser and a world, and the machine may be small.

import { after } from 'node:test';
import { closeBrowser } from './lib/browser.mjs';
import { stopAll } from './lib/processes.mjs';
import { stopReceivers } from './lib/receiver.mjs';

await import('./files.mjs');
await import('./timeline.mjs');
await import('./event.mjs');
await import('./trigger.mjs');
await import('./sandbox.mjs');
await import('./health.mjs');
await import('./keyboard.mjs');
await import('./looks.mjs');
await import('./safety.mjs');

after(async () => {
  await closeBrowser();
  await stopAll();
  await stopReceivers();
});
