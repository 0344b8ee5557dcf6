#!/usr/bin/env node
// Starts the binary in the package of this platform, which npm installs as an optional dependency.
//
// It stays its parent: Node cannot replace a process by another. `spawnSync` would be shorter, but with it a signal
// ends this process and leaves the binary running.
'use strict';

const { spawn } = require('node:child_process');
const { optionalDependencies, version } = require('../package.json');

const windows = process.platform === 'win32';
const platform = `${process.platform}-${process.arch}`;
const name = `@cstar.help/cli-${platform}`;

function fail(what, fix) {
  process.stderr.write(`error: ${what}\n  fix: ${fix}\n`);
  process.exit(1);
}

function binary() {
  if (!(name in optionalDependencies)) {
    const known = Object.keys(optionalDependencies).map((one) => one.replace('@cstar.help/cli-', ''));
    fail(`there is no cstar for ${platform}, only for ${known.join(', ')}`, 'build it from source with cargo');
  }
  try {
    return require.resolve(`${name}/bin/cstar${windows ? '.exe' : ''}`);
  } catch {
    // Left out by `--omit=optional`, or `node_modules` or the lock file is from another platform.
    return fail(
      `the package ${name} is not installed`,
      `remove node_modules and package-lock.json, then run: npm install --include=optional @cstar.help/cli@${version}`,
    );
  }
}

const file = binary();

// A terminal and some supervisors send a signal to every process in the group: then the binary gets it twice, which it
// counts as one. On Windows the console always does, and `kill` would end the binary without a chance to clean up.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', windows ? 'SIGBREAK' : 'SIGQUIT'];
let child;
for (const signal of signals) {
  process.on(signal, () => windows || forward(signal));
}

let signalled = false;
function forward(signal) {
  signalled = true;
  child.kill(signal);
}

child = spawn(file, process.argv.slice(2), { stdio: 'inherit' });

// `npx` passes SIGTERM to the shell that it starts this with, and some shells end without passing it on.
if (process.env.npm_lifecycle_event === 'npx' && !windows) {
  const parent = process.ppid;
  const watch = () => process.ppid === parent || signalled || forward('SIGTERM');
  setInterval(watch, 500).unref();
}

child.on('error', (error) => fail(`could not start ${file}: ${error.code}`, 'install @cstar.help/cli again'));
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exit(code);
  }
  // The parent sees the same end. Node ignores a few signals: then the number that a shell would show has to do.
  signals.forEach((one) => process.removeAllListeners(one));
  process.exitCode = 128 + require('node:os').constants.signals[signal];
  process.kill(process.pid, signal);
});
