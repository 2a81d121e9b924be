import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const bin = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

/** Makes Node say that it is another version, as far as the bin can see. */
const OLD_NODE = [
  '--import',
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
];
const MAIN = `export const main = async (argv, env) => {
  process.stdout.write(JSON.stringify({ argv, home: env.HOME, execArgv: process.execArgv }) + '\\n');
  return 3;
};
`;
const WAITING_MAIN = `export const main = (argv) => new Promise((resolve) => {
  const alive = setInterval(() => {}, 1_000);
  process.once('SIGTERM', () => { clearInterval(alive); process.stdout.write('asked to end\\n'); resolve(4); });
  process.stdout.write('ready\\n');
});
`;

const test = suite<{ home: string }>('bin/tmuxlet.js');

test.before.each((context) => {
  context.home = mkdtempSync(join(tmpdir(), 'tmuxlet-bin-'));
  put(context.home, 'package.json', '{ "type": "module" }');
  mkdirSync(join(context.home, 'bin'));
  cpSync(bin, join(context.home, 'bin/tmuxlet.js'));
});

test.after.each(({ home }) => rmSync(home, { recursive: true, force: true }));

function put(home: string, path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content, { mode });
}

/** The Node that `npm ci` puts into a clone. */
const putNode = (home: string): void =>
  put(home, 'node_modules/.bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755);

const start = (
  home: string,
  nodeOptions: readonly string[],
  ...args: string[]
): ChildProcessByStdio<null, Readable, Readable> =>
  spawn(process.execPath, [...nodeOptions, join(home, 'bin/tmuxlet.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function run(home: string, nodeOptions: readonly string[], ...args: string[]) {
  const child = start(home, nodeOptions, ...args);
  const [exit, stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code: exit[0] as number | null, stdout, stderr };
}

test('a clone runs its sources with the arguments and the environment, and passes the exit code on', async ({
  home,
}) => {
  put(home, 'src/cli/main.ts', MAIN);
  const { code, stdout, stderr } = await run(home, [], 'get', '-o', 'json');
  assert.is(stderr, '');
  assert.equal(JSON.parse(stdout), { argv: ['get', '-o', 'json'], home: process.env.HOME, execArgv: [] });
  assert.is(code, 3);
});

test('a package, which has no sources, runs what was compiled', async ({ home }) => {
  put(home, 'dist/cli/main.js', MAIN);
  assert.is((await run(home, [])).code, 3);
});

test('a Node that is too old hands over to the one of the clone, exit code included', async ({ home }) => {
  put(home, 'src/cli/main.ts', MAIN);
  putNode(home);
  const { code, stdout } = await run(home, OLD_NODE, 'version');
  assert.equal(JSON.parse(stdout).argv, ['version']);
  assert.equal(JSON.parse(stdout).execArgv, []);
  assert.is(code, 3);
});

test('a signal reaches the Node that was handed over to', async ({ home }) => {
  put(home, 'src/cli/main.ts', WAITING_MAIN);
  putNode(home);
  const child = start(home, OLD_NODE, 'run');
  const exited = once(child, 'exit');
  const said: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.equal(await exited, [4, null]);
  assert.is(said.join(''), 'ready\nasked to end\n');
});

test('a Node that is too old and finds no other says what to do, in one line', async ({ home }) => {
  put(home, 'src/cli/main.ts', MAIN);
  const { code, stdout, stderr } = await run(home, OLD_NODE, 'version');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, /^tmuxlet needs Node\.js 22\.22 or newer, and this is 20\.20\.2: run `npm ci` .*\n$/);
});

test('a clone without its packages says to run npm ci, in one line', async ({ home }) => {
  put(home, 'src/cli/main.ts', "import 'no-such-package';\n");
  const { code, stderr } = await run(home, []);
  assert.is(code, 1);
  assert.match(stderr, /^tmuxlet's packages are not installed: run `npm ci` in .*\n$/);
});

test('a mistake inside tmuxlet is not taken for a missing package', async ({ home }) => {
  put(home, 'src/cli/main.ts', "import './no-such-file.ts';\n");
  const { code, stderr } = await run(home, []);
  assert.is(code, 1);
  assert.match(stderr, /ERR_MODULE_NOT_FOUND/);
  assert.not.match(stderr, /npm ci/);
});

test.run();
