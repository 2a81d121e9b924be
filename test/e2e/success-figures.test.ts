import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { RESTARTED_AT_ANNOTATION } from '../../src/api/manifest.ts';
import { locksOf, signOfLifeOf } from '../../src/config.ts';
import { readStore } from '../../src/store/store.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { seriesOf, unfitLabels } from '../helpers/metrics.ts';
import { checkMetrics } from '../helpers/promtool.ts';
import { tamper } from '../helpers/store.ts';

const test = suite('the four figures of success, of a real controller');

/** What the newest life of the controller shows, wherever it says that it is. */
const pageOf = (controller: ControllerProcess): Promise<string> =>
  eventually(async () => {
    const url = [...controller.output.matchAll(/^metrics +(http:.*)$/gm)].at(-1)?.[1];
    return url && (await fetch(url)).text();
  });

const seriesNow = async (controller: ControllerProcess): Promise<ReadonlyMap<string, number>> =>
  seriesOf(await pageOf(controller));

const valueOf = async (controller: ControllerProcess, name: string): Promise<number> => {
  const value = (await seriesNow(controller)).get(name);
  assert.ok(value !== undefined, `there is no ${name}`);
  return value ?? Number.NaN;
};

/** Waits until a series is as the check wants it. */
const until = (
  controller: ControllerProcess,
  name: string,
  check: (value: number) => boolean,
  withinMs = 30_000,
): Promise<number> =>
  eventually(
    async () => {
      const value = await valueOf(controller, name);
      if (check(value)) return value;
      throw new Error(`${name} is still ${value}`);
    },
    { withinMs, everyMs: 100 },
  );

test('a row that says Running while its session is proven gone, and cannot be mended, is a phantom until it can', () =>
  withController(async (controller) => {
    controller.declare('web', { backoff: { initialSeconds: 1 } });
    controller.declare('api');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('api', 'Running');
    assert.is(await valueOf(controller, 'tmuxlet_projects_running'), 2);
    assert.is(await valueOf(controller, 'tmuxlet_runs_total'), 2);
    // From here on no row can be changed, so that the controller sees what is wrong and cannot record it.
    const halt = "BEFORE UPDATE ON projects BEGIN SELECT RAISE(ABORT, 'disk of /secret/path is odd'); END";
    tamper(controller.database, `CREATE TRIGGER halt ${halt}`);
    const [web] = controller.sessions().filter(({ project }) => project === 'web');
    controller.tmux('kill-session', '-t', web?.id ?? '');
    await until(controller, 'tmuxlet_phantom_projects', (phantoms) => phantoms === 1);
    const page = await pageOf(controller);
    const series = seriesOf(page);
    assert.is(series.get('tmuxlet_phantoms_total'), 1);
    assert.is(series.get('tmuxlet_projects_running'), 1);
    assert.is(series.get('tmuxlet_project_phase{project="web",phase="Running"}'), 1);
    assert.ok((series.get('tmuxlet_store_errors_total') ?? 0) > 0);
    assert.ok((series.get('tmuxlet_store_transaction_seconds_count{result="error"}') ?? 0) > 0);
    assert.is(
      series.get('tmuxlet_store_errors_total'),
      series.get('tmuxlet_store_transaction_seconds_count{result="error"}'),
    );
    assert.equal(unfitLabels(page), []);
    assert.equal(checkMetrics(page), { status: 0, problems: '' });

    tamper(controller.database, 'DROP TRIGGER halt');
    await until(controller, 'tmuxlet_phantom_projects', (phantoms) => phantoms === 0);
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    const after = await seriesNow(controller);
    const is = (name: string, value: number): void => assert.is(after.get(name), value, name);
    is('tmuxlet_phantoms_total', 1);
    is('tmuxlet_runs_total', 3);
    is('tmuxlet_restarts_total{cause="SessionVanished"}', 1);
    is('tmuxlet_repairs_total{repair="Resumed"}', 1);
    is('tmuxlet_repair_seconds_count', 1);
    is('tmuxlet_attempts_started_total{cause="First"}', 2);
    is('tmuxlet_attempts_started_total{cause="SessionVanished"}', 1);
    is('tmuxlet_attempts_ended_total{cause="SessionVanished"}', 1);
  }));

test('the time without a controller is down, however it ended; the totals go on, and a converged world writes nothing', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const file = signOfLifeOf(controller.stateDir);
    assert.is(await valueOf(controller, 'tmuxlet_loop_up'), 1);
    assert.is(await valueOf(controller, 'tmuxlet_loop_down_seconds_total'), 0);
    await until(controller, 'tmuxlet_loop_up_seconds_total', (up) => up > 1);

    // Converged: signs are given, and neither the file nor the database is written.
    const store = readStore(controller.database);
    const written = () => ({ text: readFileSync(file, 'utf8'), version: store.version() });
    const before = await eventually(
      async () => {
        const [then, sign] = [written(), statSync(file).mtimeMs];
        await eventually(() => statSync(file).mtimeMs > sign, { everyMs: 100 });
        assert.equal(written(), then);
        return then;
      },
      { withinMs: 60_000 },
    );
    store.close();

    await controller.kill();
    // It has been dead for long.
    const { at, upMs } = JSON.parse(before.text) as { readonly at: number; readonly upMs: number };
    const lastSign = new Date(Date.now() - 100_000);
    const lived = statSync(file).mtimeMs - at;
    tamperTime(file, lastSign, { at: lastSign.getTime() - lived, upMs });
    await controller.start();
    const down = await valueOf(controller, 'tmuxlet_loop_down_seconds_total');
    assert.ok(down >= 100 && down <= (Date.now() - lastSign.getTime()) / 1000, `${down} s`);
    assert.ok((await valueOf(controller, 'tmuxlet_loop_up_seconds_total')) >= lived / 1000);

    // An operator's stop gives a last sign, and the next life adds to what has been counted.
    const askedAt = Date.now();
    assert.is(await controller.stop(), 0);
    assert.ok(statSync(file).mtimeMs >= askedAt);
    await controller.start();
    const again = await valueOf(controller, 'tmuxlet_loop_down_seconds_total');
    const most = down + (Date.now() - askedAt) / 1000;
    assert.ok(again > down && again <= most, `${again} s after ${down} s`);
  }));

/** Moves a life of the controller into the past, as if it had been that long ago. */
const tamperTime = (file: string, lastSign: Date, since: { readonly at: number; readonly upMs: number }): void => {
  writeFileSync(file, JSON.stringify({ ...since, downMs: 0 }));
  utimesSync(file, lastSign, lastSign);
};

test('what people have to do by hand is counted by what it is; what they declare is not', () =>
  withController(async (controller) => {
    controller.declare('web');
    controller.declare('job');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('job', 'Running');
    const count = (verb: string): Promise<number> =>
      valueOf(controller, `tmuxlet_manual_interventions_total{verb="${verb}"}`);
    for (const verb of ['restart', 'reset', 'confirm-deletions', 'delete-force', 'sync'])
      assert.is(await count(verb), 0);

    await controller.client.request('restart', 'web');
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    assert.is(await count('restart'), 1);
    controller.declare('web', {}, { annotations: { [RESTARTED_AT_ANNOTATION]: 'now' } });
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 3);
    assert.is(await count('restart'), 2);
    await controller.client.request('reset', 'web');
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 4);
    assert.is(await count('reset'), 1);
    await controller.client.sync(true);
    assert.is(await count('sync'), 0);
    await controller.client.sync(false);
    assert.is(await count('sync'), 1);
    const series = await seriesNow(controller);
    assert.is(series.get('tmuxlet_attempts_started_total{cause="Restarted"}'), 2);
    assert.is(series.get('tmuxlet_attempts_started_total{cause="Reset"}'), 1);
    assert.is(series.get('tmuxlet_attempts_ended_total{cause="Restarted"}'), 2);
    assert.is(series.get('tmuxlet_restarts_total{cause="Restarted"}'), 2);
    // Asked for, and so no repair.
    assert.is(series.get('tmuxlet_repairs_total{repair="Resumed"}'), 0);

    // Of a Project that goes, all series go; its end is counted.
    assert.ok(series.has('tmuxlet_project_phase{project="job",phase="Running"}'));
    controller.undeclare('job');
    await controller.client.delete('job', false);
    await eventually(async () => !(await pageOf(controller)).includes('project="job"'), {
      withinMs: 20_000,
      everyMs: 50,
    });
    assert.is(await valueOf(controller, 'tmuxlet_attempts_ended_total{cause="Deleted"}'), 1);
    assert.is(await count('delete-force'), 0);
    controller.undeclare('web');
    await controller.client.delete('web', true);
    assert.is(await count('delete-force'), 1);
  }));

test('a lock that a person holds is shown without what he says it is for, and the wait for it is measured', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const clock = systemClock({ keepAlive: false });
    const lock = openLocks(locksOf(controller.stateDir), clock).tryAcquire('web', 'copy of /secret/path');
    const held = 'tmuxlet_project_lock_held_seconds{project="web",purpose="other"}';
    assert.ok((await valueOf(controller, held)) >= 0);
    await controller.client.request('restart', 'web');
    await until(controller, 'tmuxlet_lock_busy_total{purpose="stop"}', (busy) => busy > 0);
    assert.equal(unfitLabels(await pageOf(controller)), []);
    lock?.release();
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    const series = await seriesNow(controller);
    assert.not.ok(series.has(held));
    assert.is(series.get('tmuxlet_lock_wait_seconds_count{purpose="stop"}'), 1);
  }));

test('a primary that is killed runs again in its window: a repair, timed without its back-off', () =>
  withController(async (controller) => {
    controller.declare('web', { backoff: { initialSeconds: 60 } });
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const [sleeper = 0] = (await controller.processesOf('web')).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep\0'),
    );
    process.kill(sleeper, 'SIGKILL');
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.restarts === 1);
    const series = await seriesNow(controller);
    assert.is(series.get('tmuxlet_restarts_total{cause="Exited"}'), 1);
    assert.is(series.get('tmuxlet_repairs_total{repair="Respawned"}'), 1);
    assert.is(series.get('tmuxlet_attempts_started_total{cause="First"}'), 1);
    assert.is(series.get('tmuxlet_repair_seconds_count'), 1);
    assert.ok((series.get('tmuxlet_repair_seconds_sum') ?? 60) < 60);
    assert.is(series.get('tmuxlet_queue_wait_seconds_count{queue="default"}'), 1);
  }));

test.run();
