import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../src/api/errors.ts';
import { loadConfig } from '../../src/config.ts';

const test = suite<{ cwd: string }>('config');

test.before.each((context) => {
  context.cwd = mkdtempSync(join(tmpdir(), 'tmuxlet-config-'));
});
test.after.each(({ cwd }) => rmSync(cwd, { recursive: true }));

const complaint = (load: () => unknown): string => {
  try {
    load();
  } catch (error) {
    assert.instance(error, UserError);
    assert.is((error as UserError).exitCode, 2);
    return (error as UserError).message;
  }
  throw new Error('expected a complaint');
};

test('without a word everything has its default', ({ cwd }) => {
  const config = loadConfig({}, { HOME: '/home/ann' }, cwd);
  assert.is(config.stateDir, '/home/ann/.local/state/tmuxlet');
  assert.is(config.manifests, '/home/ann/.local/state/tmuxlet/manifests');
  assert.is(config.tmuxSocket, '/home/ann/.local/state/tmuxlet/tmux.sock');
  assert.equal(config.listen, { host: '127.0.0.1', port: 9469 });
  assert.equal(config.queues, [{ name: 'default', maxConcurrent: 20 }]);
  assert.is(config.maxConcurrentStarts, 5);
  assert.is(config.stateSyncIntervalSeconds, 300);
  assert.is(config.shardSize, 150);
  assert.is(config.logMaxBytes, 10_485_760);
  assert.is(config.sources.listen, 'default');
});

test('flags come before variables, variables before the file, the file before defaults', ({ cwd }) => {
  writeFileSync(join(cwd, 'c.yaml'), 'shardSize: 1\nlogKeep: 1\nlogLevel: warn\n');
  const config = loadConfig(
    { config: 'c.yaml', shardSize: '3' },
    { TMUXLET_SHARD_SIZE: '2', TMUXLET_LOG_KEEP: '2' },
    cwd,
  );
  assert.is(config.shardSize, 3);
  assert.is(config.logKeep, 2);
  assert.is(config.logLevel, 'warn');
  assert.is(config.maxConcurrentStarts, 5);
  assert.is(config.sources.shardSize, '--shard-size');
  assert.is(config.sources.logKeep, 'TMUXLET_LOG_KEEP');
  assert.is(config.sources.logLevel, `${join(cwd, 'c.yaml')}:3:11`);
});

test('the state directory is ./.tmuxlet where that exists, and XDG_STATE_HOME elsewhere', ({ cwd }) => {
  assert.is(loadConfig({}, { XDG_STATE_HOME: '/var/state' }, cwd).stateDir, '/var/state/tmuxlet');
  assert.is(loadConfig({}, { XDG_STATE_HOME: 'odd', HOME: '/h' }, cwd).stateDir, '/h/.local/state/tmuxlet');
  mkdirSync(join(cwd, '.tmuxlet'));
  assert.is(loadConfig({}, { XDG_STATE_HOME: '/var/state' }, cwd).stateDir, join(cwd, '.tmuxlet'));
  assert.is(loadConfig({}, { TMUXLET_STATE_DIR: '/srv/t' }, cwd).stateDir, '/srv/t');
});

test('every path is made absolute, so that two working directories never mean two locks (failure 54)', ({ cwd }) => {
  const config = loadConfig({ stateDir: 'state', manifests: 'here' }, { TMUXLET_TMUX_SOCKET: 't.sock' }, cwd);
  assert.is(config.stateDir, join(cwd, 'state'));
  assert.is(config.manifests, join(cwd, 'here'));
  assert.is(config.tmuxSocket, join(cwd, 't.sock'));
});

test('paths in the config file are relative to the file', ({ cwd }) => {
  mkdirSync(join(cwd, 'etc'));
  writeFileSync(join(cwd, 'etc', 'c.json'), '{"stateDir": "../state"}');
  assert.is(loadConfig({ config: 'etc/c.json' }, {}, cwd).stateDir, join(cwd, 'state'));
});

test('the resync interval is also known by the name the plan gives it', ({ cwd }) => {
  assert.is(loadConfig({}, { STATE_SYNC_INTERVAL_SEC: '7' }, cwd).stateSyncIntervalSeconds, 7);
});

test('a queue in the file has its own room, and --max-concurrent is that of the default queue', ({ cwd }) => {
  writeFileSync(join(cwd, 'c.yaml'), 'queues: {gpu: {maxConcurrent: 2}, default: {maxConcurrent: 9}}\n');
  assert.equal(loadConfig({ config: 'c.yaml' }, {}, cwd).queues, [
    { name: 'default', maxConcurrent: 9 },
    { name: 'gpu', maxConcurrent: 2 },
  ]);
  assert.equal(loadConfig({ config: 'c.yaml', maxConcurrent: '50' }, {}, cwd).queues[0], {
    name: 'default',
    maxConcurrent: 50,
  });
});

test('an IPv6 address to listen on is written in brackets', ({ cwd }) => {
  assert.equal(loadConfig({ listen: '[::1]:0' }, {}, cwd).listen, { host: '::1', port: 0 });
});

test('an empty variable counts as none', ({ cwd }) => {
  assert.is(loadConfig({}, { TMUXLET_SHARD_SIZE: '', TMUXLET_CONFIG: '' }, cwd).shardSize, 150);
});

test('a bad flag is named, with what would be right', ({ cwd }) => {
  assert.is(
    complaint(() => loadConfig({ maxConcurrent: 'many' }, {}, cwd)),
    '--max-concurrent: must be a whole number of at least 0, not "many"',
  );
  for (const listen of ['9469', 'localhost', '::1:80', '127.0.0.1:70000']) {
    assert.match(
      complaint(() => loadConfig({ listen }, {}, cwd)),
      /^--listen: must be HOST:PORT/,
    );
  }
});

test('a bad variable is named', ({ cwd }) => {
  assert.is(
    complaint(() => loadConfig({}, { TMUXLET_LOG_LEVEL: 'loud' }, cwd)),
    'TMUXLET_LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent, not "loud"',
  );
});

test('a mistake in the config file is shown with its line and column', ({ cwd }) => {
  const file = join(cwd, 'c.yaml');
  writeFileSync(file, 'shardSize: 10\nmaxConcurent: 3\nqueues:\n  gpu:\n    maxConcurrent: -1\n');
  const lines = complaint(() => loadConfig({ config: file }, {}, cwd))
    .split('\n')
    .sort();
  assert.equal(lines, [
    `${file}:2:1: maxConcurent: unknown key; did you mean "maxConcurrent"?`,
    `${file}:5:20: queues.gpu.maxConcurrent: must be a whole number of at least 0`,
  ]);
  writeFileSync(file, 'a: [1\n');
  assert.match(
    complaint(() => loadConfig({ config: file }, {}, cwd)),
    `${file}:2:1: `,
  );
  writeFileSync(file, '- 1\n');
  assert.match(
    complaint(() => loadConfig({ config: file }, {}, cwd)),
    `${file}:1:1: `,
  );
});

test('a config file that is not there is said to be so', ({ cwd }) => {
  assert.match(
    complaint(() => loadConfig({ config: 'none.yaml' }, {}, cwd)),
    /^cannot read the config file: ENOENT.*none\.yaml/,
  );
});

test('an empty config file says nothing and is no mistake', ({ cwd }) => {
  writeFileSync(join(cwd, 'c.yaml'), '# nothing yet\n');
  assert.is(loadConfig({ config: 'c.yaml' }, {}, cwd).shardSize, 150);
});

test('a state directory whose socket path the kernel would refuse is refused with the reason', ({ cwd }) => {
  assert.match(
    complaint(() => loadConfig({ stateDir: `/${'x'.repeat(110)}` }, {}, cwd)),
    /has 124 bytes, 107 at most: give a shorter --state-dir/,
  );
});

test('aliases that multiply, lead nowhere or merge what is no map are mistakes in the config file like others', ({
  cwd,
}) => {
  const file = join(cwd, 'odd.yaml');
  for (const text of ['stateDir: &a [*a]\n', 'stateDir: *nobody\n', '<<: 1\n', '['.repeat(20_000)]) {
    writeFileSync(file, text);
    assert.throws(
      () => loadConfig({ config: file }, {}, cwd),
      (error: Error) => error instanceof UserError && error.message.startsWith(`${file}:1:`),
      text.slice(0, 40),
    );
  }
});

test.run();
