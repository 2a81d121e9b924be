import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectObject } from '../../src/api/project.ts';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

/** Tries again soon. */
const BACKOFF = { initialSeconds: 0.1, maxSeconds: 1 };

const condition = ({ status }: ProjectObject) => status.conditions.find(({ type }) => type === 'PreflightPassed');

/** Waits until the checks hold a Project, and says with what. */
const untilHeld = async (controller: ControllerProcess, name: string, by: RegExp): Promise<void> => {
  const held = await controller.until(name, (project) => condition(project)?.status === 'False');
  assert.is(held.status.phase, 'Pending');
  assert.is(condition(held)?.reason, 'ChecksFailed');
  assert.match(condition(held)?.message ?? '', by);
  assert.is(held.status.attempt, 0, 'nothing was started');
};

const counted = async (controller: ControllerProcess, labels: string): Promise<number> => {
  const url = /metrics +(\S+)/.exec(controller.output)?.[1] ?? '';
  const page = await (await fetch(url)).text();
  return Number(new RegExp(`^tmuxlet_preflight_checks_total\\{${labels}\\} (\\d+)$`, 'm').exec(page)?.[1]);
};

const git = (path: string, ...args: string[]): string =>
  execFileSync('git', ['-C', path, ...args], { encoding: 'utf8' });

const test = suite('pre-flight');
const folder = temporaryFolder();

test.after(folder.remove);

test('a path that is missing holds the Project with the remedy, and it starts once the path is made', () =>
  withController(async (controller) => {
    await controller.start();
    const path = join(controller.dir, 'later');
    controller.declare('web', { path, backoff: BACKOFF, preflight: { checks: [{ name: 'pwd', command: 'pwd' }] } });
    await untilHeld(controller, 'web', /later does not exist; make the directory, or correct spec\.path/);
    assert.ok((await controller.reasons('web')).includes('PreflightFailed'));
    assert.ok((await counted(controller, 'check="path",result="Fail"')) > 0);
    mkdirSync(path);
    const { status } = await controller.untilPhase('web', 'Running');
    assert.not(status.conditions.some(({ reason }) => reason === 'ChecksFailed'));
    assert.is(await counted(controller, 'check="manifest",result="Pass"'), 1);
    assert.equal(readdirSync(path), [], 'nothing is written there');
  }));

test('a command that is missing and a critical check hold, one that is not critical warns, mode Warn and Skip do not hold', () =>
  withController(async (controller) => {
    await controller.start();
    const flag = join(controller.dir, 'flag');
    const critical = { name: 'flagged', command: `test -e ${flag}` };
    const failing = { commands: ['no-such-program'], checks: [critical] };
    controller.declare('program', { preflight: { commands: ['no-such-program'] } });
    controller.declare('critical', { backoff: BACKOFF, preflight: { checks: [critical] } });
    controller.declare('optional', { preflight: { checks: [{ ...critical, critical: false }] } });
    controller.declare('lenient', { preflight: { ...failing, mode: 'Warn' } });
    controller.declare('careless', { preflight: { ...failing, mode: 'Skip' } });
    await untilHeld(controller, 'program', /command no-such-program: .*is not on PATH .*; install no-such-program/);
    await untilHeld(controller, 'critical', /flagged: exit code 1; see what preflight\.checks "flagged" asks for/);
    for (const name of ['optional', 'lenient', 'careless']) await controller.untilPhase(name, 'Running');
    assert.ok((await controller.reasons('optional')).includes('PreflightWarning'));
    assert.ok((await controller.reasons('lenient')).includes('PreflightWarning'));
    assert.not((await controller.reasons('careless')).some((reason) => reason.startsWith('Preflight')));
    controller.declare('impatient', { preflight: { checks: [critical] } });
    await untilHeld(controller, 'impatient', /flagged/);
    writeFileSync(flag, '');
    await controller.untilPhase('critical', 'Running');
    await controller.client.request('restart', 'impatient');
    await controller.untilPhase('impatient', 'Running', 5_000);
    assert.is((await controller.project('program'))?.status.attempt, 0, 'what is not mended is held on');
  }));

test('git is demanded as the spec says, and worktrees that are gone only warn (failure 56)', () =>
  withController(async (controller) => {
    await controller.start();
    const path = join(controller.dir, 'tree');
    mkdirSync(path);
    controller.declare('required', { path, backoff: BACKOFF, preflight: { git: 'Required' } });
    await untilHeld(controller, 'required', /not a git repository.*; make it a git repository/);
    git(path, 'init', '-q');
    writeFileSync(join(path, 'work'), 'done');
    git(path, 'add', '.');
    git(path, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'first');
    git(path, 'worktree', 'add', '-q', '-b', 'side', join(controller.dir, 'side'));
    rmSync(join(controller.dir, 'side'), { recursive: true });
    writeFileSync(join(path, 'work'), 'uncommitted');
    await controller.untilPhase('required', 'Running');
    const { items } = await controller.client.events({ object: 'Project/required' });
    const warning = items.find(({ reason }) => reason === 'PreflightWarning');
    assert.match(warning?.message ?? '', /worktrees: registered and gone: .*\/side/);

    controller.declare('clean', { path, backoff: BACKOFF, preflight: { git: 'Clean' } });
    await untilHeld(controller, 'clean', /uncommitted changes: .*work/);
    assert.match(git(path, 'worktree', 'list'), 'prunable', 'it is not pruned behind people’s backs');
    assert.is(readFileSync(join(path, 'work'), 'utf8'), 'uncommitted');
    git(path, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qam', 'second');
    await controller.untilPhase('clean', 'Running');
  }));

test('a check that hangs delays its own Project only, and is ended (failures 49, 64)', () =>
  withController(async (controller) => {
    await controller.start();
    const markOf = (name: string): string => join(controller.dir, `${name}.pid`);
    for (const name of Array.from({ length: 20 }, (_, number) => `hung-${number}`)) {
      const command = `echo $$ >${markOf(name)}; while :; do sleep 1; done`;
      controller.declare(name, { preflight: { checks: [{ name: 'hangs', command, timeoutSeconds: 4 }] } });
    }
    await controller.until('hung-19', ({ status }) => status.reason === 'PreflightRunning');
    controller.declare('neighbour');
    await controller.untilPhase('neighbour', 'Running', 3_500);
    assert.is((await controller.project('hung-0'))?.status.reason, 'PreflightRunning', 'the others hang on');
    await untilHeld(controller, 'hung-0', /hangs: not done after 4 s/);
    assert.not(existsSync(`/proc/${readFileSync(markOf('hung-0'), 'utf8').trim()}`));
  }));

test('doctor checks machine and manifests without a controller, ends with 1 for what would hold, and writes nothing', async () => {
  const manifests = join(folder.path, 'm');
  const path = join(folder.path, 'w');
  mkdirSync(manifests);
  mkdirSync(path);
  const declare = (name: string, spec: object): void =>
    writeFileSync(
      join(manifests, `${name}.json`),
      JSON.stringify({
        apiVersion: 'tmuxlet.dev/v1',
        kind: 'Project',
        metadata: { name },
        spec: { path, session: { windows: [{ name: 'main', command: 'true' }] }, ...spec },
      }),
    );
  const doctor = (...args: string[]) =>
    cli(['doctor', '--state-dir', join(folder.path, 's'), ...args], { env: { PATH: process.env['PATH'] ?? '' } });

  const machine = await doctor();
  assert.is(machine.code, 0, machine.out);
  assert.match(machine.out, /^NAME +CHECK +RESULT +FOUND +REMEDY$/m);
  assert.match(machine.out, /^machine +tmux +Pass +tmux \d/m);

  declare('good', { preflight: { commands: ['sh'] } });
  assert.is((await doctor('-f', manifests)).code, 0);
  declare('lenient', { preflight: { mode: 'Warn', commands: ['no-such-program'] } });
  const warned = await doctor('-f', manifests);
  assert.is(warned.code, 0);
  assert.match(warned.out, /^project\/lenient +command no-such-program +Warn/m);
  declare('bad', { path: join(folder.path, 'nowhere') });
  writeFileSync(join(manifests, 'torn.json'), '{"kind": ');
  const bad = await doctor('-f', manifests, '-o', 'json');
  assert.is(bad.code, 1);
  const failed = (JSON.parse(bad.out) as { name: string; check: string; result: string; remedy: string }[]).filter(
    ({ result }) => result === 'Fail',
  );
  assert.equal(
    failed.map(({ name, check }) => `${name} ${check}`),
    ['project/bad path', 'manifest manifest'],
  );
  assert.ok(failed.every(({ remedy }) => remedy !== ''));
  assert.equal(readdirSync(folder.path).sort(), ['m', 'w']);
  assert.equal(readdirSync(path), []);
});

test('doctor sees the sessions of a running controller, and names what others have', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    controller.tmux('new-session', '-d', '-s', 'taken', 'sleep 1000');
    controller.declare('rival', {
      session: { name: 'taken', windows: [{ name: 'main', command: 'true' }] },
      suspend: true,
    });
    const { out, code } = await cli(['doctor', '--state-dir', controller.stateDir, '-f', controller.manifests], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    assert.is(code, 0, out);
    assert.match(out, /^project\/web +name +Pass/m);
    assert.match(out, /^project\/rival +name +Warn +session name taken is taken by session \$\d+, which is not ours/m);
    assert.match(out, /^machine +database +Pass +.*is sound/m);
    assert.is((await controller.project('web'))?.status.phase, 'Running');
  }));

test.run();
