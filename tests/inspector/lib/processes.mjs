// Real `cstar` processes with homes of their own. Every one is ended by `stopAll`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const CSTAR = process.env.CSTAR ?? path.join(ROOT, 'target/debug/cstar');
export const TEST_KEY = 'sk_test_sandbox0000000000000000000000000';

/** How long a process may take until it prints what is waited for. Generous: the machine may be busy. */
const PATIENCE = 60_000;

const running = new Set();
const homes = new Set();

/** A new configuration directory. */
export function newHome() {
  const home = mkdtempSync(path.join(tmpdir(), 'cstar-inspector-'));
  homes.add(home);
  return home;
}

/** One running command, with everything that it has printed. */
export class Command {
  constructor(home, args, env = {}) {
    this.args = args;
    this.output = '';
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CSTAR'));
    this.child = spawn(CSTAR, args, {
      env: { ...Object.fromEntries(inherited), CSTAR_HOME: home, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    this.waiting = [];
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output += text;
        this.waiting.forEach((check) => check());
      });
    }
    this.child.on('exit', () => {
      running.delete(this);
      this.waiting.forEach((check) => check());
    });
    running.add(this);
  }

  /** Waits until the output matches, from `start` on. */
  printed(pattern, start = 0) {
    return new Promise((resolve, reject) => {
      const what = `${this.args.join(' ')}: ${pattern}`;
      const end = () => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((other) => other !== check);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`not printed in time: ${what}\n${this.output}`));
      }, PATIENCE);
      const check = () => {
        const match = this.output.slice(start).match(pattern);
        if (match) {
          end();
          resolve(match);
        } else if (this.child.exitCode !== null || this.child.signalCode !== null) {
          end();
          reject(new Error(`ended before it printed ${what}\n${this.output}`));
        }
      };
      this.waiting.push(check);
      check();
    });
  }

  async stop(signal = 'SIGTERM') {
    if (running.has(this)) this.child.kill(signal);
    await this.exited;
  }
}

/** Runs a command to its end and returns what it printed. */
export async function run(home, args, env) {
  const command = new Command(home, args, env);
  const [code] = await command.exited;
  if (code !== 0) throw new Error(`cstar ${args.join(' ')} ended with ${code}\n${command.output}`);
  return command.output;
}

/** The address of the inspector in the output of a command. */
export async function inspectorOf(command) {
  const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+\/_inspector\/#token=[^\s"\\]+/);
  const { origin, hash } = new URL(url);
  return { command, url, origin, token: hash.slice('#token='.length) };
}

/** A sandbox on a free port. */
export async function startSandbox(home = newHome(), args = []) {
  const all = ['sandbox', '--json', '--port', '0', '--rate-limit', '0', '--time-scale', '0.001', ...args];
  const command = new Command(home, all);
  const [, base] = await command.printed(/"base_url":"([^"]+)"/);
  const env = { CSTAR_SANDBOX: base };
  return { command, home, base, env };
}

/** `cstar listen --ui` that forwards to `target`. */
export async function startListen(sandbox, target, args = [], home = newHome()) {
  const all = ['listen', '--json', '--ui', '--ui-port', '0', '--forward-to', target, ...args];
  const command = new Command(home, all, sandbox.env);
  const inspector = await inspectorOf(command);
  await command.printed(/"type":"connected"/);
  return { ...inspector, home };
}

/** `cstar ui` over the history of a home. */
export async function startUi(home, port = 0, env = {}) {
  const command = new Command(home, ['ui', '--port', String(port)], env);
  return { ...(await inspectorOf(command)), home };
}

/** Ends everything and removes the homes. */
export async function stopAll() {
  await Promise.all([...running].map((command) => command.stop('SIGKILL')));
  homes.forEach((home) => rmSync(home, { recursive: true, force: true }));
}
