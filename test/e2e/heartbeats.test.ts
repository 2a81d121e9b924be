import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('heartbeats on a real tmux server');

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));
const TMUXLET = `"${process.execPath}" "${BIN}"`;
const BEATING = 'while :; do touch "$TMUXLET_HEARTBEAT_FILE"; sleep 0.2; done';
const SILENT = 'exec sleep 100000';

/** A Project of one window with small seconds; nothing of it waits long. */
const declare = (controller: ControllerProcess, name: string, command: string, heartbeat: object, more: object = {}) =>
  controller.declare(name, {
    session: { windows: [{ name: 'main', command }] },
    terminationGracePeriodSeconds: 1,
    preflight: { mode: 'Skip' },
    heartbeat: { periodSeconds: 0.5, staleAfterSeconds: 4, ...heartbeat },
    ...more,
  });

const times = async (controller: ControllerProcess, name: string, reason: string): Promise<number> =>
  (await controller.client.events({ object: `Project/${name}` })).items
    .filter((event) => event.reason === reason)
    .reduce((sum, event) => sum + event.count, 0);

const untilTold = (controller: ControllerProcess, name: string, reason: string): Promise<true> =>
  eventually(async () => (await times(controller, name, reason)) > 0, { withinMs: 60_000 });

const metricsOf = async (controller: ControllerProcess): Promise<string> => {
  const url = await eventually(() => /^metrics +(http:.*)$/m.exec(controller.output)?.[1]);
  return (await fetch(url)).text();
};

const commandLines = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });

/** Waits until the newest beat that was seen is so much younger than the first. */
const beatFor = async (controller: ControllerProcess, name: string, ms: number): Promise<void> => {
  const lastBeatAt = async (): Promise<number | null> =>
    (await controller.client.describe(name)).heartbeat?.lastBeatAt ?? null;
  const first = await eventually(lastBeatAt);
  await eventually(async () => ((await lastBeatAt()) ?? 0) > first + ms, { withinMs: 60_000 });
};

const secondsRun = async (controller: ControllerProcess, name: string): Promise<number> => {
  const [attempt] = (await controller.client.describe(name)).attempts;
  return ((attempt?.endedAt ?? 0) - (attempt?.runs[0]?.startedAt ?? 0)) / 1000;
};

test('beats extend the deadline so many times and no more; without them the original stands (failures 51, 57)', () =>
  withController(async (controller) => {
    const patient = { periodSeconds: 1.5, staleAfterSeconds: 60, extensionSeconds: 3, maxExtensions: 2 };
    declare(controller, 'beating', BEATING, patient, { activeDeadlineSeconds: 2 });
    declare(controller, 'silent', SILENT, patient, { activeDeadlineSeconds: 2 });
    await controller.start();
    const [beating, silent] = await Promise.all([
      controller.untilPhase('beating', 'Failed'),
      controller.untilPhase('silent', 'Failed'),
    ]);
    assert.is(beating.status.reason, 'DeadlineExceeded');
    assert.is(silent.status.reason, 'DeadlineExceeded');
    assert.is(await times(controller, 'beating', 'DeadlineExtended'), 2);
    assert.is(await times(controller, 'silent', 'DeadlineExtended'), 0);
    assert.ok((await secondsRun(controller, 'beating')) >= 7.9);
    const metrics = await metricsOf(controller);
    assert.match(metrics, /^tmuxlet_heartbeat_extensions_total 2$/m);
    assert.match(metrics, /^tmuxlet_heartbeats_total\{source="File"\} [1-9]/m);
  }));

test('when beats stop each policy does what it says (failures 38, 40, 51)', () =>
  withController(async (controller) => {
    // Each beats for two seconds; what stops beating goes on only when something is typed into it, or runs anew.
    const thenSilent = `for i in 1 2 3 4 5 6 7 8; do touch "$TMUXLET_HEARTBEAT_FILE"; sleep 0.25; done; ${SILENT}`;
    const thenAsks = `touch "$TMUXLET_HEARTBEAT_FILE"; read line; echo "$line" >> typed; ${BEATING}`;
    declare(controller, 'alert', thenAsks, { onStale: 'Alert' });
    declare(controller, 'nudge', thenAsks, { onStale: 'Nudge', nudgeText: 'are you there' });
    declare(controller, 'shell', 'exec bash --norc -i', { onStale: 'Nudge', nudgeText: 'echo typed > oops' });
    declare(controller, 'restart', thenSilent, { onStale: 'Restart' }, { backoff: { initialSeconds: 30 } });
    declare(controller, 'fail', thenSilent, { onStale: 'Fail' });
    await controller.start();

    assert.is((await controller.untilPhase('fail', 'Failed')).status.reason, 'HeartbeatStale');
    const restarted = await controller.until('restart', ({ status }) => (status.attempt ?? 0) >= 2);
    assert.is(restarted.status.failures, 0);
    await untilTold(controller, 'nudge', 'HeartbeatResumed');
    assert.is(readFileSync(join(controller.work, 'typed'), 'utf8'), 'are you there\n');
    assert.is(await times(controller, 'nudge', 'Nudging'), 1);

    await untilTold(controller, 'alert', 'HeartbeatStale');
    await controller.until('alert', ({ status }) =>
      status.conditions.some(({ type, status: is }) => type === 'Stalled' && is === 'True'),
    );
    assert.match(await metricsOf(controller), /^tmuxlet_projects_stalled [1-9]/m);
    controller.tmux('send-keys', '-t', '=alert:', 'Enter');
    await untilTold(controller, 'alert', 'HeartbeatResumed');
    assert.is(await times(controller, 'alert', 'HeartbeatStale'), 1);

    await untilTold(controller, 'shell', 'ActionFailed');
    const { items } = await controller.client.events({ object: 'Project/shell' });
    assert.match(items.find(({ reason }) => reason === 'ActionFailed')?.message ?? '', 'a bare shell');
    assert.not(existsSync(join(controller.work, 'oops')));
  }));

test('output of the pane and exit 0 of the command are beats; a command that hangs is killed, and is none', () =>
  withController(async (controller) => {
    const hangs = 1_000_000 + process.pid;
    const gate = join(controller.work, 'alive');
    writeFileSync(gate, '');
    const talks = 'while [ -e alive ]; do echo working; sleep 0.3; done; exec sleep 100000';
    declare(controller, 'talks', talks, {
      source: 'Activity',
      periodSeconds: 1,
      onStale: 'Alert',
    });
    const asked = { source: 'Exec', command: `[ -e alive ] || exec sleep ${hangs}`, onStale: 'Alert' };
    declare(controller, 'asked', SILENT, asked);
    declare(controller, 'either', SILENT, { ...asked, source: 'Any' });
    await controller.start();
    await Promise.all(['talks', 'asked', 'either'].map((name) => controller.untilPhase(name, 'Running')));
    // Each was seen to beat, for longer than it may be silent.
    await Promise.all(['talks', 'asked', 'either'].map((name) => beatFor(controller, name, 5_000)));
    for (const name of ['talks', 'asked', 'either']) assert.is(await times(controller, name, 'HeartbeatStale'), 0);
    rmSync(gate);
    for (const name of ['talks', 'asked', 'either']) await untilTold(controller, name, 'HeartbeatStale');
    const hanging = (): boolean => commandLines().some((line) => line.includes(`sleep\0${hangs}`));
    await eventually(hanging);
    declare(controller, 'asked', SILENT, { onStale: 'Alert' });
    declare(controller, 'either', SILENT, { onStale: 'Alert' });
    await eventually(() => !hanging());
  }));

test('tmuxlet heartbeat beats from inside a window, and describe tells how far it has got', () =>
  withController(async (controller) => {
    const command = `${TMUXLET} heartbeat --progress "3 of 7"; ${TMUXLET} heartbeat; exec sleep 100000`;
    declare(
      controller,
      'agent',
      command,
      { staleAfterSeconds: 600, maxExtensions: 3 },
      { activeDeadlineSeconds: 3600 },
    );
    await controller.start();
    await eventually(
      async () => {
        const { heartbeat } = await controller.client.describe('agent');
        assert.is(heartbeat?.sequence, 2);
        assert.is(heartbeat?.progress, '3 of 7');
        assert.ok(Math.abs((heartbeat?.lastBeatAt ?? 0) - Date.now()) < 60_000);
        assert.ok((heartbeat?.deadlineAt ?? 0) > Date.now() + 3_500_000);
        return true;
      },
      { withinMs: 60_000 },
    );
  }));

test('a controller that was stopped for longer than staleness kills nothing when it goes on, nor when it starts', () =>
  withController(async (controller) => {
    // As on a machine that was suspended, its beats rest too: the last look before and the first after see the same.
    const steady = `while :; do [ -e pause ] || touch "$TMUXLET_HEARTBEAT_FILE"; sleep 0.1; done`;
    const pause = join(controller.work, 'pause');
    declare(controller, 'steady', steady, { periodSeconds: 0.6, staleAfterSeconds: 5, onStale: 'Fail' });
    await controller.start();
    await controller.untilPhase('steady', 'Running');
    writeFileSync(pause, '');
    await sleep(900);
    process.kill(controller.pid, 'SIGSTOP');
    await sleep(6000);
    process.kill(controller.pid, 'SIGCONT');
    await sleep(250);
    rmSync(pause);
    await sleep(1500);
    assert.is((await controller.project('steady'))?.status.phase, 'Running');
    await controller.kill();
    await sleep(1500);
    await controller.start();
    await sleep(1500);
    const { status } = await controller.untilPhase('steady', 'Running');
    assert.is(status.attempt, 1);
    assert.is(await times(controller, 'steady', 'HeartbeatStale'), 0);
  }));

test.run();
