import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ControllerProcess } from '../helpers/controller.ts';
import { withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('crashes of everything around');

const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index + 1}`);

/** Each Project has one session and one process tree: nothing was started twice (I1). */
const assertNoDoubles = async (controller: ControllerProcess, count: number): Promise<void> => {
  const projects = controller.sessions().map((session) => session.project);
  assert.is(new Set(projects).size, projects.length, `doubled: ${projects.join(' ')}`);
  assert.is(projects.length, count);
  for (const name of projects) {
    const sleeping = (await controller.processesOf(name)).filter((pid) => isSleep(pid));
    assert.is(sleeping.length, 1, `${name} has ${sleeping.length} primaries`);
  }
};

const isSleep = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep';
  } catch {
    return false;
  }
};

test('after SIGTERM the controller ends within seconds with 0, and every session lives', () =>
  withController(async (controller) => {
    for (const name of names(3)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    const began = performance.now();
    assert.is(await controller.stop(), 0);
    assert.ok(performance.now() - began < 8_000);
    assert.is(controller.sessions().length, 3);
  }));

test('a second controller of one state directory exits with 75 and says who holds it (failure 42)', () =>
  withController(async (controller) => {
    await controller.start();
    const holder = controller.pid;
    const second = controller.spawn();
    const [code] = (await once(second, 'exit')) as [number | null];
    assert.is(code, 75);
    assert.match(controller.output, new RegExp(`running already in .*pid ${holder}`));
    process.kill(holder, 'SIGKILL');
  }));

test('kill -9 of the controller at any moment of a start doubles nothing and loses nothing (I1, I4)', () =>
  withController(async (controller) => {
    for (const name of names(12)) controller.declare(name);
    // Each life is longer than the last, so that the kills fall into different moments of the starts.
    for (const seen of [0, 1, 3, 6, 9]) {
      await controller.start('--max-concurrent', '12');
      await eventually(() => controller.sessions().length >= seen, { withinMs: 20_000, everyMs: 5 });
      await controller.kill();
    }
    await controller.start('--max-concurrent', '12');
    await controller.untilAll('Running', 12);
    await assertNoDoubles(controller, 12);
  }));

test('what runs is adopted after kill -9 of the controller, and no attempt is begun for it (failure 2)', () =>
  withController(async (controller) => {
    for (const name of names(5)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 5);
    const before = controller.sessions();
    await controller.kill();
    await controller.start();
    const projects = await controller.untilAll('Running', 5);
    assert.equal(controller.sessions(), before);
    for (const project of projects) assert.is(project.status.attempt, 1);
  }));

test('an end that came while no controller was there is found in the journal', () =>
  withController(async (controller) => {
    controller.declare('job', { session: { windows: [{ name: 'main', command: 'read -r line; exit 0' }] } });
    await controller.start();
    await controller.untilPhase('job', 'Running');
    await controller.kill();
    controller.tmux('send-keys', '-t', '=job:', 'Enter');
    await eventually(() => controller.tmux('list-panes', '-t', '=job', '-F', '#{pane_dead}').trim() !== '0');
    await controller.start();
    await controller.untilPhase('job', 'Completed');
  }));

test('after kill -9 of the tmux server everything comes back, nobody’s failure (failure 21)', () =>
  withController(async (controller) => {
    for (const name of names(8)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 8);
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    await controller.untilAllResumed(30_000);
    const { items } = await controller.client.projects();
    for (const { status } of items) assert.is(status.failures, 0);
    await assertNoDoubles(controller, 8);
  }));

test('an unlinked socket under a live server is mended, not taken for death (failure 65)', () =>
  withController(async (controller) => {
    for (const name of names(3)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    const [server] = controller.serverPids();
    await controller.kill();
    unlinkSync(controller.socket);
    await controller.start();
    const projects = await controller.untilAll('Running', 3);
    for (const project of projects) assert.is(project.status.attempt, 1);
    await eventually(() => existsSync(controller.socket));
    assert.equal(controller.serverPids(), [server]);
  }));

test('a tmux server that does not answer fails nothing and destroys nothing (I3, failure 8)', () =>
  withController(async (controller) => {
    for (const name of names(3)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    const before = controller.sessions();
    const [server = 0] = controller.serverPids();
    process.kill(server, 'SIGSTOP');
    try {
      for (const name of names(3)) await controller.client.request('restart', name).catch(() => {});
      await controller.until('p1', ({ status }) =>
        status.conditions.some((condition) => condition.type === 'SessionAvailable' && condition.status === 'Unknown'),
      );
      const { items } = await controller.client.projects();
      for (const { status } of items) assert.is(status.phase, 'Running');
    } finally {
      process.kill(server, 'SIGCONT');
    }
    await controller.untilAllResumed(60_000);
    assert.is(controller.sessions().length, before.length);
  }));

test('a database deleted under 20 live Projects costs nothing: all adopted, none doubled', () =>
  withController(async (controller) => {
    for (const name of names(20)) controller.declare(name);
    await controller.start();
    const before = await controller.untilAll('Running', 20);
    const sessions = controller.sessions();
    await controller.kill();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${controller.database}${suffix}`, { force: true });
    await controller.start();
    const after = await controller.untilAll('Running', 20);
    assert.equal(controller.sessions(), sessions);
    const uids = (projects: typeof before) => projects.map((project) => project.metadata.uid);
    assert.equal(uids(after), uids(before));
    for (const { status } of after) assert.is(status.attempt, 1);
    await assertNoDoubles(controller, 20);
  }));

test('a Completed Project does not run again after its database was lost', () =>
  withController(async (controller) => {
    controller.declare('once', { session: { windows: [{ name: 'main', command: 'echo run >> runs' }] } });
    await controller.start();
    await controller.untilPhase('once', 'Completed');
    await eventually(() => controller.sessions().length === 0);
    await controller.kill();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${controller.database}${suffix}`, { force: true });
    await controller.start();
    await controller.untilPhase('once', 'Completed');
    assert.is(readFileSync(join(controller.work, 'runs'), 'utf8'), 'run\n');
  }));

test('an odd row is its own trouble and no other’s (I10, failures 6, 7)', () =>
  withController(async (controller) => {
    for (const name of names(3)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    await controller.kill();
    execFileSync('sqlite3', [
      controller.database,
      "PRAGMA ignore_check_constraints=1; UPDATE projects SET memory = '{torn' WHERE name = 'p2'; UPDATE projects SET phase = 'RUNNING' WHERE name = 'p3';",
    ]);
    await controller.start();
    await controller.untilPhase('p1', 'Running');
    await controller.untilPhase('p3', 'Running');
    controller.tmux('kill-session', '-t', '=p1');
    await controller.until('p1', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    assert.is(controller.sessions().length, 3);
  }));

test('a session that people made on our server is left alone, and its name is avoided (I2, failures 14, 15)', () =>
  withController(async (controller) => {
    controller.declare('first');
    await controller.start();
    await controller.untilPhase('first', 'Running');
    controller.tmux('new-session', '-d', '-s', 'web', 'sleep 5555');
    controller.declare('web');
    const { status } = await controller.untilPhase('web', 'Running');
    assert.is(status.sessionName, 'web-2');
    controller.undeclare('web');
    await eventually(async () => (await controller.project('web')) === undefined, { withinMs: 20_000 });
    assert.match(controller.tmux('list-sessions', '-F', '#{session_name}'), /^web$/m);
  }));

test('a project whose name begins like another’s is not touched when that one is stopped (failures 11, 55)', () =>
  withController(async (controller) => {
    for (const name of ['feat', 'feat-2', 'feat-22']) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    controller.declare('feat', { suspend: true });
    await controller.untilPhase('feat', 'Suspended');
    assert.equal(
      controller
        .sessions()
        .map(({ name }) => name)
        .sort(),
      ['feat-2', 'feat-22'],
    );
  }));

test('the environment of a resumed session is the recorded base and the spec’s, never the starter’s', () =>
  withController(async (controller) => {
    const command = 'env > new && mv new env.$TMUXLET_ATTEMPT; exec sleep 9999';
    controller.declare('env', {
      session: { env: { FROM_SPEC: 'yes' }, windows: [{ name: 'main', command, resumeCommand: command }] },
    });
    await controller.start();
    await eventually(() => existsSync(join(controller.work, 'env.1')), { withinMs: 20_000 });
    await controller.untilPhase('env', 'Running');
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    await controller.until('env', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    const read = (attempt: number) =>
      readFileSync(join(controller.work, `env.${attempt}`), 'utf8')
        .trim()
        .split('\n')
        .filter((line) => !/^(TMUX|TMUX_PANE|TMUXLET_ATTEMPT|TMUXLET_HEARTBEAT_FILE|PWD|_|SHLVL|OLDPWD)=/.test(line))
        .sort();
    await eventually(() => existsSync(join(controller.work, 'env.2')));
    assert.equal(read(2), read(1));
    assert.ok(read(1).includes('FROM_SPEC=yes'));
  }));

test('a start that fails is tried again with the same intent, says why, and succeeds when it can (failures 30, 31)', () =>
  withController(async (controller) => {
    const path = join(controller.dir, 'later');
    controller.declare('late', { path, preflight: { mode: 'Skip' } });
    await controller.start();
    await eventually(async () => (await controller.reasons('late')).includes('ActionFailed'), { withinMs: 20_000 });
    await controller.until('late', ({ status }) =>
      status.conditions.some(({ type, message }) => type === 'Ready' && /there is no directory/.test(message)),
    );
    mkdirSync(path);
    const { status } = await controller.untilPhase('late', 'Running', 60_000);
    assert.is(status.attempt, 1);
  }));

test('a dry run plans the start and writes nothing at all (I13, failure 47)', () =>
  withController(async (controller) => {
    controller.declare('web');
    const dry = controller.spawn('--dry-run', '--once');
    const [code] = (await once(dry, 'exit')) as [number | null];
    assert.is(code, 0);
    assert.match(controller.output, /StartSession/);
    assert.not(existsSync(controller.stateDir));
    assert.equal(readdirSync(controller.dir).sort(), ['m', 'w']);
  }));

test('with --once the controller ends when nothing is left to do, and leaves what runs', () =>
  withController(async (controller) => {
    controller.declare('web');
    controller.declare('job', { session: { windows: [{ name: 'main', command: 'true' }] } });
    const run = controller.spawn('--once');
    const [code] = (await once(run, 'exit')) as [number | null];
    assert.is(code, 0);
    assert.equal(
      controller.sessions().map(({ project }) => project),
      ['web'],
    );
  }));

test('the state directory is its owner’s alone', () =>
  withController(async (controller) => {
    await controller.start();
    assert.is(statSync(controller.stateDir).mode & 0o777, 0o700);
    assert.is(statSync(controller.database).mode & 0o777, 0o600);
    assert.is(statSync(join(controller.stateDir, 'tmuxlet.sock')).mode & 0o777, 0o600);
  }));

test.run();
