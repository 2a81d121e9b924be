#!/usr/bin/env node
// No static imports: any Node can read this file far enough to say what is wrong with it. Where the `node` that
// was found is too old, the one that `npm ci` puts into a clone takes over.

const NEEDED = [22, 22];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) await start();
else await handOver();

/** In a clone the sources run as they are; a package has them compiled. */
async function start() {
  const { existsSync } = await import('node:fs');
  const { enableCompileCache } = await import('node:module');
  // Halves the time of a short command.
  enableCompileCache?.();
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const compiled = new URL('../dist/cli/main.js', import.meta.url);
  try {
    const { main } = await import((existsSync(source) ? source : compiled).href);
    process.exitCode = await main(process.argv.slice(2), process.env);
  } catch (error) {
    if (!isPackageMissing(error)) throw error;
    const { fileURLToPath } = await import('node:url');
    fail(`tmuxlet's packages are not installed: run \`npm ci\` in ${fileURLToPath(new URL('..', import.meta.url))}`, 1);
  }
}

/** A package that is not there at all, or one whose binary is not. */
function isPackageMissing(error) {
  return (
    (error?.code === 'ERR_MODULE_NOT_FOUND' && error.message.startsWith('Cannot find package ')) ||
    (error?.code === 'MODULE_NOT_FOUND' && /better-sqlite3|prebuilds/.test(error.message))
  );
}

async function handOver() {
  const { realpathSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');
  let node;
  try {
    node = realpathSync(fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url)));
  } catch {
    // No clone, or nothing is installed yet.
  }
  if (node === undefined || node === realpathSync(process.execPath)) {
    const here = `tmuxlet needs Node.js ${NEEDED.join('.')} or newer, and this is ${process.versions.node}`;
    fail(`${here}: run \`npm ci\` in a clone of tmuxlet (it brings one), or install a newer Node.js`, 2);
    return;
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  const passOn = (signal) => child.kill(signal);
  process.on('SIGTERM', passOn);
  // From a terminal these reach the child by themselves, and a second one would mean "at once".
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, process.stdin.isTTY ? () => {} : passOn);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

function fail(message, exitCode) {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
