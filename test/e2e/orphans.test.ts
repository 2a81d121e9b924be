import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrphanRow } from '../../src/api/orphan.ts';
import type { SessionView } from '../../src/server/views/session.ts';
import { readStore } from '../../src/store/store.ts';
import { type ControllerProcess, markedProcesses, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { tamper } from '../helpers/store.ts';

const test = suite('sessions that no Project claims');

/** What the config file says of orphans: as a rule no grace, and observations that come quickly. */
const orphans = (controller: ControllerProcess, given: Record<string, unknown> = {}): readonly string[] => {
  const file = join(controller.dir, 'config.json');
  const section = { graceSeconds: 0, observationsApartSeconds: 1, ...given };
  writeFileSync(file, JSON.stringify({ orphans: section }));
  return ['--config', file];
};

const stubborn = `echo last words; trap '' HUP TERM; setsid sh -c "trap '' HUP TERM; sleep 7777" & while :; do sleep 1; done`;

/** A Project's session lives on, and nothing is left that knows of it: the fault. */
const orphan = async (
  controller: ControllerProcess,
  name: string,
  spec: Record<string, unknown> = {},
): Promise<string> => {
  await controller.start();
  controller.declare(name, { session: { windows: [{ name: 'main', command: stubborn }] }, ...spec });
  const { metadata } = await controller.untilPhase(name, 'Running');
  await eventually(() => controller.tmux('capture-pane', '-p', '-t', `=${name}:`).includes('last words'));
  await controller.kill();
  tamper(controller.database, `PRAGMA foreign_keys = ON; DELETE FROM projects WHERE name = '${name}'`);
  rmSync(join(controller.stateDir, 'state', `${name}.json`));
  controller.undeclare(name);
  return metadata.uid;
};

const sessionOf = async (controller: ControllerProcess, name: string): Promise<SessionView | undefined> =>
  (await controller.client.sessions()).items.find((session) => session.name === name);

const untilVerdict = (controller: ControllerProcess, name: string, verdict: string): Promise<SessionView> =>
  eventually(
    async () => {
      const session = await sessionOf(controller, name);
      if (session?.verdict === verdict) return session;
      throw new Error(`session ${name} is ${session?.verdict}: ${session?.reason}`);
    },
    { withinMs: 15_000 },
  );

/** By the database, as any reader sees it. */
const remembered = (controller: ControllerProcess): readonly OrphanRow[] => {
  const store = readStore(controller.database);
  try {
    return store.orphans();
  } finally {
    store.close();
  }
};

const eventsOf = async (controller: ControllerProcess, reason: string) =>
  (await controller.client.events()).items.filter((event) => event.reason === reason);

const untilGone = (controller: ControllerProcess, name: string): Promise<true> =>
  eventually(() => !controller.sessions().some((session) => session.name === name), { withinMs: 15_000 });

test('an orphan is ended with all its processes, its last screens saved, and its neighbours are not touched (failures 14, 55)', () =>
  withController(async (controller) => {
    const uid = await orphan(controller, 'feat');
    controller.tmux('new-session', '-d', '-s', 'feat-2', 'sleep', '9999');
    controller.tmux('new-session', '-d', '-s', 'fea', 'sleep', '9999');
    controller.declare('feat-3');
    await controller.start(...orphans(controller));
    await untilGone(controller, 'feat');
    const [killed] = await eventually(
      async () => {
        const events = await eventsOf(controller, 'OrphanKilled');
        return events.length > 0 && events;
      },
      { withinMs: 10_000 },
    );
    assert.equal(markedProcesses(uid), []);
    const file = /are in (.*)$/.exec(killed?.message ?? '')?.[1] ?? '';
    assert.match(file, /archive\/sessions\/feat-\d+-20[^/]*\.txt$/);
    assert.match(readFileSync(file, 'utf8'), /window main[^]*last words/);
    assert.is((await eventsOf(controller, 'OrphanFound')).length, 1);
    assert.is((await sessionOf(controller, 'feat-2'))?.verdict, 'Foreign');
    assert.is((await sessionOf(controller, 'fea'))?.owner, 'None');
    await controller.untilPhase('feat-3', 'Running');
  }));

test('an orphan is kept while a manifest declares its Project, a state file has its uid, or its policy says so', () =>
  withController(async (controller) => {
    await orphan(controller, 'kept');
    const manifest = join(controller.manifests, 'kept.json');
    // Broken, and still its declaration.
    writeFileSync(
      manifest,
      '{"apiVersion": "tmuxlet.dev/v1", "kind": "Project", "metadata": {"name": "kept"}, "spec": 1}',
    );
    await controller.start(...orphans(controller));
    const kept = await untilVerdict(controller, 'kept', 'OrphanKept');
    assert.match(kept.reason, /manifest declares kept/);
    await controller.stop();
    rmSync(manifest);
    await controller.start(...orphans(controller, { policy: 'Report' }));
    assert.match((await untilVerdict(controller, 'kept', 'OrphanKept')).reason, /Report/);
    const id = controller.tmux('display-message', '-p', '-t', '=kept:', '#{session_id}').trim();
    const told = (await controller.client.events({ object: `Session/${id}` })).items.map(({ reason }) => reason);
    assert.ok(told.includes('OrphanFound') && told.includes('OrphanKept'));
    await controller.stop();
    await controller.start('--dry-run', ...orphans(controller));
    assert.is(controller.sessions().length, 1);
  }));

test('a torn state file may be the one that claims it: nothing is killed until it is mended (I3, failures 8, 52)', () =>
  withController(async (controller) => {
    await orphan(controller, 'torn');
    const file = join(controller.stateDir, 'state', 'other.json');
    writeFileSync(file, '{"version": 1, "uid": "');
    await controller.start(...orphans(controller));
    assert.match((await untilVerdict(controller, 'torn', 'Unknown')).reason, /torn/);
    assert.is(controller.sessions().length, 1);
    rmSync(file);
    await untilGone(controller, 'torn');
  }));

test('an orphan that somebody looks at stays until he has left', () =>
  withController(async (controller) => {
    await orphan(controller, 'seen');
    // A control client counts as anybody's; it ends with its input.
    const person = spawn('tmux', ['-S', controller.socket, '-C', 'attach-session', '-t', '=seen'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await eventually(() => controller.tmux('list-clients', '-t', '=seen').trim() !== '');
    await controller.start(...orphans(controller));
    await untilVerdict(controller, 'seen', 'OrphanAttached');
    assert.not(existsSync(join(controller.stateDir, 'archive', 'sessions')));
    person.stdin.end();
    await eventually(() => controller.tmux('list-clients', '-t', '=seen').trim() === '');
    // A change on the server has orphans looked at again.
    controller.tmux('new-session', '-d', '-s', 'nudge', 'sleep', '1');
    await untilGone(controller, 'seen');
    assert.is(readdirSync(join(controller.stateDir, 'archive', 'sessions')).length, 1);
  }));

test('a restart of the controller makes the grace of an orphan neither longer nor shorter', () =>
  withController(async (controller) => {
    await orphan(controller, 'young');
    const flags = orphans(controller, { graceSeconds: 3600 });
    await controller.start(...flags);
    await untilVerdict(controller, 'young', 'OrphanWithinGrace');
    const before = remembered(controller);
    assert.is(before.length, 1);
    await controller.kill();
    await controller.start(...flags);
    await untilVerdict(controller, 'young', 'OrphanWithinGrace');
    assert.equal(remembered(controller), before);
    assert.is((await eventsOf(controller, 'OrphanFound')).length, 1);
    assert.is(controller.sessions().length, 1);
  }));

test('with policy Adopt a session goes to the Project of its name that has none, with all that runs in it (failures 16, 45)', () =>
  withController(async (controller) => {
    await orphan(controller, 'lost', { conflictPolicy: 'Fail' });
    // The same name, declared anew under another uid, and waiting.
    controller.tmux('set-option', '-t', '=lost:', '@tmuxlet_uid', 'uid-of-an-older-life');
    const [pane] = controller.tmux('list-panes', '-t', '=lost:', '-F', '#{pane_pid}').trim().split('\n');
    controller.declare('dependency', { suspend: true });
    controller.tmux('set-option', '-t', '=lost:', '@tmuxlet_project', 'elsewhere');
    controller.declare('lost', { dependsOn: [{ project: 'dependency', condition: 'Running' }] });
    await controller.start(...orphans(controller, { policy: 'Adopt', graceSeconds: 3600 }));
    const waiting = await controller.untilPhase('lost', 'Queued');
    assert.match((await untilVerdict(controller, 'lost', 'OrphanKept')).reason, /no Project elsewhere/);
    controller.tmux('set-option', '-t', '=lost:', '@tmuxlet_project', 'lost');
    controller.tmux('new-session', '-d', '-s', 'nudge', 'sleep', '1');
    const { status, metadata } = await controller.until(
      'lost',
      (project) => project.status.phase === 'Running',
      20_000,
    );
    assert.is(metadata.uid, waiting.metadata.uid);
    assert.is(status.attempt, 1);
    assert.is(controller.tmux('list-panes', '-t', '=lost:', '-F', '#{pane_pid}').trim(), pane);
    assert.is((await eventsOf(controller, 'OrphanAdopted')).length, 1);
    assert.is((await sessionOf(controller, 'lost'))?.verdict, 'Owned');
  }));

test.run();
