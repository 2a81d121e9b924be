import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Mismatch, StateReport } from '../../src/api/mismatch.ts';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('state synchronization');

const EVERY_SECOND = ['--state-sync-interval-seconds', '1'];

const told = ({ type, subject, decision }: Mismatch): string => `${type} ${subject}: ${decision}`;
const stateFile = ({ stateDir }: ControllerProcess, name: string): string => join(stateDir, 'state', `${name}.json`);
const archived = ({ stateDir }: ControllerProcess): readonly string[] =>
  readdirSync(join(stateDir, 'archive', 'state'));

const sqlite = ({ database }: ControllerProcess, sql: string): string =>
  execFileSync('sqlite3', ['-cmd', '.timeout 5000', database, sql], { encoding: 'utf8' }).trim();
const nullNames = (controller: ControllerProcess): void => {
  sqlite(controller, 'UPDATE attempts SET session_name = NULL');
};
const namesLost = (controller: ControllerProcess): number =>
  Number(sqlite(controller, 'SELECT count(*) FROM attempts WHERE session_name IS NULL'));

const tmuxlet = (controller: ControllerProcess, ...args: string[]): ReturnType<typeof cli> =>
  cli([...args, '--state-dir', controller.stateDir, '--manifests', controller.manifests], { cwd: controller.dir });

/** A state file that no Project has, as one that was deleted by hand would leave it. */
const leaveStateFile = (controller: ControllerProcess, like: string, name: string): void => {
  const stored = JSON.parse(readFileSync(stateFile(controller, like), 'utf8')) as object;
  writeFileSync(stateFile(controller, name), JSON.stringify({ ...stored, name, uid: `uid-of-${name}` }));
};

const untilAgreed = (controller: ControllerProcess): Promise<StateReport> =>
  eventually(
    async () => {
      const report = await controller.client.sync(true);
      if (report.items.length === 0 && report.skipped.length === 0) return report;
      throw new Error(JSON.stringify(report));
    },
    { withinMs: 20_000, everyMs: 200 },
  );

/** Waits until the hints of what went on before have led to their passes; needs `--log-level debug`. */
const untilQuiet = (controller: ControllerProcess): Promise<unknown> =>
  eventually(
    () => {
      const passes = controller.output.split('\n').filter((line) => line.includes('"records compared"'));
      const { time } = JSON.parse(passes.at(-1) ?? '{}') as { time?: string };
      return time !== undefined && Date.now() - Date.parse(time) > 2_500;
    },
    { withinMs: 20_000, everyMs: 100 },
  );

test('20 rows nulled under live Projects are told and repaired in one pass, and no session notices (failures 18, 28)', () =>
  withController(async (controller) => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index + 1}`);
    for (const name of names) controller.declare(name);
    await controller.start('--max-concurrent-starts', '20', '--log-level', 'debug');
    await controller.untilAll('Running', 20);
    await untilQuiet(controller);
    const before = controller.sessions();
    nullNames(controller);
    await controller.client.sync(false);
    await eventually(() => namesLost(controller) === 0, { withinMs: 10_000, everyMs: 50 });
    assert.equal(controller.sessions(), before);
    for (const { status } of await controller.untilAll('Running', 20)) assert.is(status.attempt, 1);
    await untilAgreed(controller);
    for (const name of names) {
      const reasons = await controller.reasons(name);
      assert.ok(reasons.includes('MissingName') && reasons.includes('Repaired'), `${name}: ${reasons.join(', ')}`);
      assert.is(reasons.filter((reason) => reason === 'MissingName').length, 1);
    }
  }));

test('a torn state file is written anew, one of a deleted Project archived, and a finished one’s session ended (failures 3, 29, 52)', () =>
  withController(async (controller) => {
    controller.declare('web');
    controller.declare('done', { session: { windows: [{ name: 'main', command: 'true' }] } });
    await controller.start(...EVERY_SECOND);
    await controller.untilPhase('web', 'Running');
    const done = await controller.untilPhase('done', 'Completed');
    await untilAgreed(controller);

    truncateSync(stateFile(controller, 'web'), 40);
    leaveStateFile(controller, 'done', 'gone');
    controller.tmux('new-session', '-d', '-s', 'left-over', 'sleep 100000');
    const tags = { owner: readFileSync(join(controller.stateDir, 'owner'), 'utf8').trim(), uid: done.metadata.uid };
    for (const [tag, value] of Object.entries({ project: 'done', attempt: '1', spec: 'v1-0', ...tags }))
      controller.tmux('set-option', '-t', '=left-over:', `@tmuxlet_${tag}`, value);

    await eventually(() => archived(controller).some((file) => file.startsWith('gone.')), { withinMs: 25_000 });
    await untilAgreed(controller);
    assert.not(existsSync(stateFile(controller, 'gone')));
    assert.is((JSON.parse(readFileSync(stateFile(controller, 'web'), 'utf8')) as { attempt: number }).attempt, 1);
    assert.equal(
      controller.sessions().map(({ project }) => project),
      ['web'],
    );
    const reasons = (await controller.client.events()).items.map(({ reason }) => reason);
    for (const reason of ['TornStateFile', 'OrphanedStateFile', 'StateFileArchived'])
      assert.ok(reasons.includes(reason), reason);
    assert.is((await controller.project('done'))?.status.phase, 'Completed');
  }));

test('a tmux server that does not answer is skipped, and nothing is mended until it does (I3, failure 8)', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start(...EVERY_SECOND);
    await controller.untilPhase('web', 'Running');
    const [server = 0] = controller.serverPids();
    process.kill(server, 'SIGSTOP');
    try {
      nullNames(controller);
      const report = await controller.client.sync(false);
      assert.equal(report.items, []);
      assert.equal(
        report.skipped.map(({ source }) => source),
        ['tmux'],
      );
      const { err, out } = await tmuxlet(controller, 'sync');
      assert.match(err, 'warning: tmux not compared: server 0: ');
      assert.match(err, 'what could be compared agrees');
      assert.is(out, '');
      assert.is(namesLost(controller), 1);
    } finally {
      process.kill(server, 'SIGCONT');
    }
    await eventually(() => namesLost(controller) === 0, { withinMs: 20_000 });
    assert.is((await controller.untilPhase('web', 'Running')).status.attempt, 1);
  }));

test('with --state-sync-dry-run nothing is mended and it is said what would be, while starts and restarts go on', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start(...EVERY_SECOND, '--state-sync-dry-run');
    await controller.untilPhase('web', 'Running');
    nullNames(controller);
    leaveStateFile(controller, 'web', 'gone');
    await eventually(async () => (await controller.reasons('web')).includes('StateSyncDryRun'));
    const report = await controller.client.sync(false);
    assert.equal(report.items.map(told), [
      'MissingName Project/web: Repair',
      'OrphanedStateFile StateFile/gone.json: Archive',
    ]);
    assert.is(report.mending, false);

    const [pid = 0] = (await controller.processesOf('web')).filter((each) => commandOf(each).startsWith('sleep'));
    process.kill(pid, 'SIGKILL');
    await controller.until('web', ({ status }) => status.restarts === 1 && status.phase === 'Running');
    controller.declare('api');
    await controller.untilPhase('api', 'Running');
    assert.is(namesLost(controller), 1);
    assert.ok(existsSync(stateFile(controller, 'gone')));
    const said = (await controller.reasons('web')).filter((reason) => reason === 'StateSyncDryRun');
    assert.is(said.length, 1, 'once, not with every pass');

    await controller.stop();
    await controller.start(...EVERY_SECOND);
    await eventually(() => namesLost(controller) === 0, { withinMs: 10_000 });
    assert.is((await controller.untilPhase('web', 'Running')).status.attempt, 1);
  }));

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

test('tmuxlet sync shows what disagrees and has it mended; --dry-run, no controller and run --dry-run only look', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start('--log-level', 'debug');
    await controller.untilPhase('web', 'Running');
    await untilQuiet(controller);
    assert.equal(await tmuxlet(controller, 'sync'), { code: 0, out: '', err: 'all records agree\n' });

    nullNames(controller);
    const table = await tmuxlet(controller, 'sync', '--dry-run');
    assert.match(
      table.out,
      /^TYPE +SEVERITY +SUBJECT +DECISION +MESSAGE\nMissingName +Critical +Project\/web +Repair +the row/,
    );
    assert.is(table.err, 'nothing was mended\n');
    assert.is(namesLost(controller), 1);
    assert.is((await controller.reasons('web')).includes('MissingName'), false, 'it only looked');

    await controller.kill();
    const alone = JSON.parse((await tmuxlet(controller, 'sync', '-o', 'json')).out) as StateReport;
    assert.equal(
      [alone.kind, alone.mending, alone.items.map(told)],
      ['StateReport', false, ['MissingName Project/web: Repair']],
    );
    assert.is(namesLost(controller), 1);

    await controller.start('--dry-run');
    assert.is((await controller.client.sync(false)).mending, false);
    assert.is(namesLost(controller), 1);
    await controller.stop();

    await controller.start('--log-level', 'debug');
    await eventually(() => namesLost(controller) === 0, { withinMs: 10_000 });
    await untilQuiet(controller);
    nullNames(controller);
    assert.match((await tmuxlet(controller, 'sync')).out, 'MissingName');
    await eventually(() => namesLost(controller) === 0);
    await untilAgreed(controller);
  }));

test.run();
