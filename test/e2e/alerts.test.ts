import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { HookServer } from '../helpers/hook-server.ts';
import { MailServer } from '../helpers/mail-server.ts';
import { seriesOf } from '../helpers/metrics.ts';

const test = suite('alerts of a real controller');

interface People {
  readonly controller: ControllerProcess;
  readonly mails: MailServer;
  readonly hooks: HookServer;
  /** Starts the controller with channels to both servers. */
  start(alerts?: object): Promise<void>;
}

const withPeople = async (body: (people: People) => Promise<void>, { password }: { password?: string } = {}) => {
  const mails = await MailServer.open(password === undefined ? {} : { password });
  const hooks = await HookServer.open();
  try {
    await withController(async (controller) => {
      const start = async (alerts: object = {}): Promise<void> => {
        const email = { to: ['ops@example.org'], from: 'tmuxlet@example.org', host: '127.0.0.1', port: mails.port };
        await controller.start('--config', configOf(controller, { digestSeconds: 0, email, ...alerts }));
      };
      await body({ controller, mails, hooks, start });
    });
  } finally {
    await mails.close();
    await hooks.close();
  }
};

const configOf = (controller: ControllerProcess, alerts: object): string => {
  const file = join(controller.dir, 'tmuxlet.yaml');
  writeFileSync(file, JSON.stringify({ alerts }));
  return file;
};

const run = (controller: ControllerProcess, line: string) =>
  cli(line.split(' '), { cwd: controller.work, env: { TMUXLET_STATE_DIR: controller.stateDir } });

const failing = {
  session: { windows: [{ name: 'main', command: 'exit 7' }] },
  restartPolicy: 'Never',
};

const subjects = ({ mails }: MailServer): readonly string[] =>
  mails.map(({ text }) => /^Subject: (.+)\r$/m.exec(text)?.[1] ?? '');

test('a Project that fails is told of by mail and webhook, with the reason', () =>
  withPeople(async ({ controller, mails, hooks, start }) => {
    await start({ webhooks: [{ name: 'ops', url: hooks.url }] });
    controller.declare('flaky', failing);
    const { status } = await controller.untilPhase('flaky', 'Failed');
    await eventually(() => mails.mails.length > 0 && hooks.posts.length > 0, { withinMs: 10_000 });
    assert.match(subjects(mails)[0] ?? '', `${status.reason}: Project/flaky`);
    assert.match(mails.mails[0]?.text ?? '', /exit code 7/);
    assert.match(String(hooks.posts[0]?.body['text']), `${status.reason} Project/flaky`);

    const { out } = await run(controller, 'get notifications');
    assert.match(out, /^NAME +CHANNEL +STATE +ATTEMPTS +AGE +SUBJECT$/m);
    assert.match(out, /^\w{8} +email +Delivered +1 +\d+s +\[tmuxlet .*Project\/flaky$/m);
    assert.match(out, /^\w{8} +webhook\/ops +Delivered +1 /m);
    const url = /^metrics +(\S+)$/m.exec(controller.output)?.[1] ?? '';
    const series = seriesOf(await (await fetch(url)).text());
    assert.is(series.get('tmuxlet_notifications_total{channel="email",result="success"}'), 1);
    assert.is(series.get('tmuxlet_notifications_total{channel="webhook",result="error"}'), 0);
    assert.is(series.get('tmuxlet_notification_outbox{channel="email"}'), 0);
    assert.not.match(controller.output + out, /secret-token/);
  }));

test('a mail server that is down delays nothing, and gets the mail when it is up', () =>
  withPeople(async ({ controller, mails, start }) => {
    await mails.close();
    await start();
    controller.declare('flaky', failing);
    controller.declare('web');
    await controller.untilPhase('flaky', 'Failed');
    await controller.untilPhase('web', 'Running');
    const failed = await eventually(async () => {
      const { items } = await controller.client.notifications();
      return items.find(({ state, error }) => state === 'Retrying' && error !== null);
    });
    assert.match(failed.error ?? '', /ECONNREFUSED/);
    const readyz = await fetch(/^metrics +(\S+)metrics$/m.exec(controller.output)?.[1] + 'readyz');
    assert.is(readyz.status, 200, 'the controller does its work');
    const back = await MailServer.open({ port: mails.port });
    try {
      await eventually(() => back.mails.length > 0, { withinMs: 15_000 });
      assert.match(subjects(back)[0] ?? '', /Project\/flaky/);
    } finally {
      await back.close();
    }
  }));

test('a mail server that hangs holds up no Project and no other channel', () =>
  withPeople(async ({ controller, mails, hooks, start }) => {
    mails.mood = 'Hangs';
    await start({ webhooks: [{ url: hooks.url }] });
    controller.declare('flaky', failing);
    await eventually(() => mails.calls > 0, { withinMs: 20_000 });
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    await eventually(() => hooks.posts.length > 0);
    const { items } = await controller.client.notifications();
    const email = items.find(({ channel }) => channel === 'email');
    assert.equal([email?.state, email?.attempts, email?.error], ['Retrying', 1, null], 'its ten seconds are not over');
  }));

test('killed between queueing and delivering, it delivers after the restart, and once', () =>
  withPeople(async ({ controller, mails, start }) => {
    mails.mood = 'Hangs';
    await start();
    controller.declare('flaky', failing);
    await controller.untilPhase('flaky', 'Failed');
    await eventually(() => mails.calls > 0);
    await controller.kill();
    mails.mood = 'Takes';
    await start();
    await eventually(() => mails.mails.length > 0, { withinMs: 15_000 });
    const { items } = await controller.client.notifications();
    assert.equal(
      items.map(({ state, attempts }) => [state, attempts]),
      [['Delivered', 2]],
    );
    assert.is(mails.mails.length, 1);
  }));

test('killed before the digest went out, it tells what happened, and what happens next, once each (failure 41)', () =>
  withPeople(async ({ controller, mails, start }) => {
    await start({ digestSeconds: 3600 });
    controller.declare('flaky', failing);
    await controller.untilPhase('flaky', 'Failed');
    await controller.kill();
    await start({ digestSeconds: 1 });
    controller.declare('other', failing);
    await controller.untilPhase('other', 'Failed');
    await eventually(() => subjects(mails).join().includes('other') || subjects(mails).join().includes('2 alerts'), {
      withinMs: 15_000,
    });
    const all = mails.mails.map(({ text }) => text).join('\n');
    for (const name of ['flaky', 'other']) assert.is(all.match(new RegExp(`^CRITICAL .*/${name}\r$`, 'gm'))?.length, 1);
  }));

test('a dry run sends nothing (I13)', () =>
  withPeople(async ({ controller, mails, start }) => {
    await mails.close();
    await start();
    controller.declare('flaky', failing);
    await controller.untilPhase('flaky', 'Failed');
    await eventually(async () => (await controller.client.notifications()).items.length === 1);
    await controller.stop();
    const back = await MailServer.open({ port: mails.port });
    try {
      controller.declare('taken', { path: '/nowhere/at/all' });
      await controller.start('--dry-run', '--config', join(controller.dir, 'tmuxlet.yaml'));
      assert.match((await run(controller, 'alert test')).err, /the controller has no channel/);
      await controller.stop();
      assert.is(back.calls, 0);
    } finally {
      await back.close();
    }
  }));

test('alert test says how each channel took its message, and ends with 1 when one did not', () =>
  withPeople(
    async ({ controller, mails, hooks, start }) => {
      const passwordFile = join(controller.dir, 'password');
      writeFileSync(passwordFile, 'open sesame\n', { mode: 0o600 });
      const { port } = mails;
      const email = { to: ['ops@example.org'], from: 'tmuxlet@example.org', host: '127.0.0.1', port };
      await start({ email: { ...email, user: 'ann', passwordFile: 'password' }, webhooks: [{ url: hooks.url }] });
      assert.equal(await run(controller, 'alert test'), {
        code: 0,
        out: 'email delivered\nwebhook/1 delivered\n',
        err: '',
      });
      assert.equal(mails.logins, [{ user: 'ann', password: 'open sesame' }]);
      hooks.statuses.push(403);
      const { code, out, err } = await run(controller, 'alert test');
      assert.equal([code, out, err], [1, 'email delivered\n', 'error: webhook/1: answered 403\n']);

      await controller.stop();
      chmodSync(passwordFile, 0o644);
      const child = controller.spawn('--config', join(controller.dir, 'tmuxlet.yaml'));
      await eventually(() => child.exitCode !== null, { withinMs: 10_000 });
      assert.is(child.exitCode, 2);
      assert.match(controller.output, /may be read by others \(mode 644\): chmod 600/);
      assert.not.match(controller.output, /sesame/);
    },
    { password: 'open sesame' },
  ));

test.run();
