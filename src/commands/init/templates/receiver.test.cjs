// Tests the receiver with the sandbox, which needs `cstar` in PATH but no account and no network: npm test
const assert = require('node:assert');
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const { on, once } = require('node:events');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { test } = require('node:test');

test('each event is processed once, and a forged one is refused', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cstar-'));
  const env = { ...process.env, CSTAR_HOME: home, PROCESSED_EVENTS: join(home, 'processed') };
  const flags = '--sandbox --json --count 2 --for 120s --timeout 60s --path /webhook --exit-on-stdin-eof';
  const server = {{COMMAND}};
  const dev = spawn('cstar', ['dev', ...flags.split(' '), '--', ...server], { env });
  try {
    const ended = once(dev, 'exit');
    let log = '';
    dev.stderr.on('data', (text) => (log += text));
    const lines = on(createInterface(dev.stdout), 'line', { close: ['close'] });
    const next = async (wanted) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`cstar dev has ended:\n${log}`);
        const line = JSON.parse(value[0]);
        if (wanted(line)) return line;
      }
    };
    const { port } = await next((line) => line.state === 'listening');
    await next((line) => line.type === 'connected');

    const fired = execFileSync('cstar', ['trigger', 'ticket.created', '--sandbox', '--json'], { env });
    await next((line) => line.type === 'delivered');
    execFileSync('cstar', ['replay', JSON.parse(fired).eventId, '--sandbox'], { env });

    const url = `http://localhost:${port}/webhook`;
    const forged = ['trigger', 'ticket.created', '--to', url, '--secret', 'whsec_wrong'];
    assert.match(String(spawnSync('cstar', forged, { env }).stdout), /^401/);

    execFileSync('cstar', ['trigger', 'ticket.updated', '--sandbox'], { env });
    assert.deepEqual(await ended, [0, null], log);
    assert.equal(log.match(/\] processed /g)?.length, 2, log);
    assert.equal(log.match(/\] already processed /g)?.length, 1, log);
  } finally {
    dev.stdin.end();
    if (dev.exitCode === null) await once(dev, 'exit');
    rmSync(home, { recursive: true, force: true });
  }
});
