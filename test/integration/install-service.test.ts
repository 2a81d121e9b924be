import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FLAVOURS, UNITS_FOLDER, unitTexts } from '../../scripts/generate-systemd-units.ts';
import { type Installation, unitsOf } from '../../src/adapters/systemd/units.ts';
import { verifyUnits } from '../../src/adapters/systemd/verify.ts';
import { cli, type CliResult } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('tmuxlet install-service');
const folder = temporaryFolder();
const docs = readFileSync(new URL('../../docs/systemd.md', import.meta.url), 'utf8');

test.after(() => folder.remove());

/** A home, and the command as its owner types it. */
const newHome = (name: string) => {
  const home = join(folder.path, name);
  mkdirSync(home);
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
  const units = join(home, '.config', 'systemd', 'user');
  const read = (unit: string): string => readFileSync(join(units, unit), 'utf8');
  const run = (...flags: string[]): Promise<CliResult> =>
    cli(['install-service', '--user', ...flags], { env, cwd: home });
  return { home, units, read, run };
};

test('the committed units are what it generates (else: npm run systemd-units)', () => {
  for (const [path, text] of Object.entries(unitTexts())) {
    assert.fixture(readFileSync(new URL(path, UNITS_FOLDER), 'utf8'), text);
  }
});

test('systemd finds no fault with either flavour, and would with a broken one', async () => {
  const here = { node: process.execPath, program: fileURLToPath(import.meta.url) };
  assert.equal(await verifyUnits(unitsOf({ ...FLAVOURS.user, ...here }), true), []);
  assert.equal(await verifyUnits(unitsOf({ ...FLAVOURS.system, ...here }), false), []);
  const complaints = await verifyUnits(unitsOf({ ...FLAVOURS.system, node: '/no/such/node' }), false);
  assert.match(complaints?.join('\n') ?? '', '/no/such/node');
});

test('the units are exposed no more than docs/systemd.md records', () => {
  const recorded = [...docs.matchAll(/^\| `(user|system)\/(\S+)` \| (\d+\.\d) \|/gm)];
  assert.is(recorded.length, 4);
  for (const [, flavour = '', unit = '', score] of recorded) {
    const scope = flavour === 'user' ? ['--user'] : [];
    const file = fileURLToPath(new URL(`${flavour}/${unit}`, UNITS_FOLDER));
    const told = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', ...scope, file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder.path },
    });
    const now = /exposure level for \S+: (\d+\.\d)/.exec(told)?.[1];
    assert.ok(Number(now) <= Number(score), `${flavour}/${unit}: ${now}, and ${score} is recorded`);
  }
});

test('it writes units that systemd takes, makes the place for them, and says what comes next', async () => {
  const { home, units, read, run } = newHome('plain');
  const { code, out, err } = await run('--shards', '3');
  assert.is(code, 0, err);
  assert.equal(readdirSync(units).toSorted(), ['tmuxlet-tmux@.service', 'tmuxlet.service', 'tmuxlet.slice']);
  assert.match(out, `wrote ${units}/tmuxlet.service`);
  assert.match(err, 'systemctl --user enable --now tmuxlet.service');
  assert.match(err, 'loginctl enable-linger');
  const controller = read('tmuxlet.service');
  assert.match(controller, 'Wants=tmuxlet-tmux@0.service tmuxlet-tmux@1.service tmuxlet-tmux@2.service\n');
  assert.match(controller, '--external-tmux-servers 3\n');
  const [, node = '', program = ''] = /^ExecStart=(\S+) (\S+) run --state-dir %h\//m.exec(controller) ?? [];
  assert.ok(existsSync(node) && existsSync(program), controller);
  const stateDir = join(home, '.local', 'state', 'tmuxlet');
  assert.is(statSync(stateDir).mode & 0o777, 0o700);
  assert.ok(existsSync(join(stateDir, 'tmux.conf')));
  // Commands find what the installer finds, whatever PATH systemd has.
  assert.match(readFileSync(join(stateDir, 'base-env.json'), 'utf8'), `"HOME": "${home}"`);
});

test('a second time changes nothing, and other flags are taken over', async () => {
  const { read, run } = newHome('twice');
  await run();
  assert.match((await run()).out, /^unchanged .*tmuxlet\.service$/m);
  const { out } = await run('--shards', '2');
  assert.match(out, /^wrote .*tmuxlet\.service$/m);
  assert.match(out, /^unchanged .*tmuxlet-tmux@\.service$/m);
  assert.match(read('tmuxlet.service'), '--external-tmux-servers 2\n');
});

test('a unit that somebody has changed is refused, and with --force kept beside the new one', async () => {
  const { units, read, run } = newHome('changed');
  await run();
  const changed = read('tmuxlet.service').replace('WatchdogSec=60', 'WatchdogSec=600');
  writeFileSync(join(units, 'tmuxlet.service'), changed);
  const refused = await run('--shards', '2');
  assert.is(refused.code, 1);
  assert.match(refused.err, /tmuxlet\.service was changed by somebody/);
  assert.is(read('tmuxlet.service'), changed);
  assert.is((await run('--uninstall')).code, 1);
  const forced = await run('--force');
  assert.is(forced.code, 0, forced.err);
  assert.match(forced.out, /^kept .*tmuxlet\.service\.before-1$/m);
  assert.is(read('tmuxlet.service.before-1'), changed);
  assert.match(read('tmuxlet.service'), 'WatchdogSec=60\n');
});

test('uninstalling takes the units away and nothing else', async () => {
  const { home, units, run } = newHome('gone');
  await run();
  const { code, out } = await run('--uninstall');
  assert.is(code, 0);
  assert.match(out, /^removed .*tmuxlet\.service$/m);
  assert.equal(readdirSync(units), []);
  assert.ok(existsSync(join(home, '.local', 'state', 'tmuxlet', 'tmux.conf')));
});

test('a dry run shows the units and writes nothing', async () => {
  const { home, run } = newHome('dry');
  const { code, out } = await run('--dry-run');
  assert.is(code, 0);
  assert.match(out, '[Service]');
  assert.equal(readdirSync(home), []);
});

test('odd paths reach the programs as they are', async () => {
  const odd = `/srv/it's "100%" $HOME`;
  const installation: Installation = {
    ...FLAVOURS.system,
    node: process.execPath,
    stateDir: odd,
    manifests: `${odd}/m`,
  };
  const units = unitsOf(installation);
  assert.equal(await verifyUnits(units, false), []);
  assert.match(units['tmuxlet.service'] ?? '', `--state-dir "/srv/it's \\"100%%\\" $$HOME"`);
});

test('who is to run it must be there, and the number of servers must be one', async () => {
  const { home } = newHome('system');
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
  const nobody = await cli(['install-service', '--run-as', 'no-such-user', '--unit-dir', home], { env, cwd: home });
  assert.is(nobody.code, 1);
  assert.match(nobody.err, 'there is no user no-such-user: make it (useradd');
  const { code, err } = await cli(['install-service', '--user', '--shards', '0'], { env, cwd: home });
  assert.is(code, 2);
  assert.match(err, 'from 1 to 100');
});

test.run();
