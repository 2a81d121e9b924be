import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emailNotifier } from '../../src/adapters/notifiers/email.ts';
import { webhookNotifier } from '../../src/adapters/notifiers/webhook.ts';
import type { Notifier } from '../../src/api/ports/notifier.ts';
import { MAX_ATTEMPTS } from '../../src/machines/alerts/delivery.ts';
import { Alerts } from '../helpers/alerting.ts';
import { eventually } from '../helpers/eventually.ts';
import { HookServer } from '../helpers/hook-server.ts';
import { MailServer } from '../helpers/mail-server.ts';
import { tamper } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Place {
  path: string;
  remove: () => void;
  mails: MailServer;
  hooks: HookServer;
  email: Notifier;
  hook: Notifier;
}

const test = suite<Place>('notifications');

const options = {
  to: ['ops@example.org', 'ann@example.org'],
  from: 'tmuxlet@example.org',
  host: '127.0.0.1',
  secure: false,
  login: null,
};

test.before.each(async (place) => {
  const { path: folder, remove } = temporaryFolder();
  const mails = await MailServer.open();
  const hooks = await HookServer.open();
  const email = emailNotifier({ ...options, port: mails.port });
  const hook = webhookNotifier({ name: 'ops', url: hooks.url });
  Object.assign(place, { path: join(folder, 'tmuxlet.db'), remove, mails, hooks, email, hook });
});

test.after.each(async ({ mails, hooks, remove }) => {
  await mails.close();
  await hooks.close();
  remove();
});

test('a Warning arrives as plain text at everybody named, with its reason in the subject', async ({
  path,
  mails,
  email,
}) => {
  const alerts = new Alerts(path, [email]);
  alerts.record('BackoffLimitExceeded', 'Project/web', 'failed 7 times in a row');
  await alerts.gather();
  await alerts.deliver('email');
  const [mail, ...others] = mails.mails;
  assert.is(others.length, 0);
  assert.equal(mail?.to, options.to);
  assert.is(mail?.from, options.from);
  assert.match(mail?.text ?? '', /^Subject: \[tmuxlet box\] BackoffLimitExceeded: Project\/web\r$/m);
  assert.match(mail?.text ?? '', /CRITICAL BackoffLimitExceeded Project\/web\r\n {2}failed 7 times in a row/);
  assert.match(mail?.text ?? '', /^Auto-Submitted: auto-generated\r$/m);
  assert.match(mail?.text ?? '', /^Content-Type: text\/plain/m);
  assert.not.match(mail?.text ?? '', /html/i);
  assert.is(alerts.delivery.deliveredAt, alerts.clock.now().wallMs);
});

test('line ends in an event add no header and no recipient', async ({ path, mails, email }) => {
  const alerts = new Alerts(path, [email]);
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<evil@example.org>';
  alerts.record('ManifestInvalid', `Manifest/${evil}`, evil);
  await alerts.gather();
  await alerts.deliver('email');
  const [mail, ...others] = mails.mails;
  assert.is(others.length, 0);
  assert.equal(mail?.to, options.to);
  const [head = '', ...body] = (mail?.text ?? '').split('\r\n\r\n');
  assert.not.match(head, /^Bcc:/im);
  assert.match(body.join('\n'), /MAIL FROM:<evil@example.org>/, 'what it says is all there');
});

test('what may be a secret does not leave the machine', async ({ path, hooks, hook }) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ActionSurprised', 'Project/web', 'command failed: PASSWORD=hunter2');
  await alerts.gather();
  await alerts.deliver('webhook/ops');
  assert.not.match(JSON.stringify(hooks.posts[0]?.body), /hunter2/);
  assert.match(JSON.stringify(hooks.posts[0]?.body), /PASSWORD=\*\*\*/);
});

test('a mail server that refuses is tried again after a wait, and then takes it', async ({ path, mails, email }) => {
  const alerts = new Alerts(path, [email]);
  alerts.record('ServerDied');
  await alerts.gather();
  mails.mood = 'Refuses';
  const { requeueAfterMs } = await alerts.deliver('email');
  assert.is(requeueAfterMs, 5_000);
  assert.match(alerts.delivery.lastError ?? '', /451 4\.3\.0 come back later/);
  await alerts.deliver('email');
  assert.is(mails.calls, 1, 'not before its time (I8)');
  mails.mood = 'Takes';
  alerts.clock.advance(5_000);
  await alerts.deliver('email');
  assert.is(mails.mails.length, 1);
  assert.is(alerts.delivery.attempts, 2);
});

test('a mail server that is down loses nothing, and gets it all when it is back', async ({ path, mails, email }) => {
  const alerts = new Alerts(path, [email]);
  await mails.close();
  for (const name of ['a', 'b']) {
    alerts.record('ServerDied', `Project/${name}`);
    await alerts.gather();
    await alerts.deliver('email');
  }
  assert.ok(alerts.store.openDeliveries('email').every(({ lastError }) => lastError?.includes('ECONNREFUSED')));
  const back = await MailServer.open({ port: mails.port });
  try {
    alerts.clock.advance(5_000);
    await alerts.deliver('email');
    assert.is(back.mails.length, 2);
    assert.is(alerts.store.openChannels().size, 0);
  } finally {
    await back.close();
  }
});

test('a channel that hangs has failed after ten seconds, and delays no other (I10)', async ({
  path,
  mails,
  hooks,
  email,
  hook,
}) => {
  const alerts = new Alerts(path, [email, hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  mails.mood = 'Hangs';
  const hanging = alerts.pass('email');
  await alerts.deliver('webhook/ops');
  assert.is(hooks.posts.length, 1);
  await eventually(() => mails.calls === 1);
  alerts.clock.advance(10_000);
  await hanging;
  const failed = alerts.store.openDeliveries('email')[0];
  assert.is(failed?.lastError, 'no answer within 10 s');
  assert.is(failed?.attempts, 1);
});

test('the end of the controller cuts a delivery short; the next one makes it', async ({ path, hooks, hook }) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  hooks.statuses.push(0);
  const hanging = alerts.pass('webhook/ops');
  await eventually(() => hooks.posts.length === 1);
  alerts.stopping.abort();
  await hanging;
  assert.is(alerts.delivery.lastError, null, 'that is no failure of the channel');
  alerts.store.close();
  const next = new Alerts(path, [hook]);
  next.clock.advance(5_000);
  await next.deliver('webhook/ops');
  assert.ok(next.delivery.deliveredAt);
});

test('a webhook gets JSON, its text as Slack wants it, and the same key when it is tried again', async ({
  path,
  hooks,
  hook,
}) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ServerDied', 'Project/web', '<!channel> look & see');
  await alerts.gather();
  hooks.statuses.push(500, 302);
  for (const error of ['answered 500', 'answered 302']) {
    await alerts.deliver('webhook/ops');
    assert.is(alerts.delivery.lastError, error);
    alerts.clock.advance(10_000);
  }
  await alerts.deliver('webhook/ops');
  assert.is(hooks.posts.length, 3, 'a redirection is not followed');
  assert.is(new Set(hooks.posts.map(({ headers }) => headers['idempotency-key'])).size, 1);
  const { headers, body } = hooks.posts[2] ?? {};
  assert.is(headers?.['content-type'], 'application/json');
  assert.match(String(body?.['text']), /&lt;!channel&gt; look &amp; see/);
  const [event] = (body?.['events'] ?? []) as readonly Record<string, unknown>[];
  assert.is(event?.['message'], '<!channel> look & see', 'programs get it as it was');
  assert.is(event?.['firstAt'], new Date(1_800_000_000_000).toISOString());
});

test('no error tells the URL of a webhook, which may hold a token', async ({ path, hooks, hook }) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  await hooks.close();
  await alerts.deliver('webhook/ops');
  assert.match(alerts.delivery.lastError ?? '', /ECONNREFUSED/);
  const told = JSON.stringify(alerts.traces.map((each) => (each.trace === 'Notified' ? String(each.error) : each)));
  assert.not.match(told + alerts.delivery.lastError, /secret-token/);
});

test('a message is given up in the end, with an event that alerts nobody (failures 38, 39)', async ({
  path,
  hooks,
  hook,
}) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  hooks.statuses.push(...Array.from({ length: MAX_ATTEMPTS + 1 }, () => 500));
  for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt++) {
    await alerts.deliver('webhook/ops');
    alerts.clock.advance(30 * 60_000);
  }
  assert.is(hooks.posts.length, MAX_ATTEMPTS);
  assert.ok(alerts.delivery.failedAt);
  const [event] = alerts.store.events({ object: 'Notification/webhook/ops' });
  assert.is(event?.reason, 'NotificationFailed');
  await alerts.gather();
  assert.is(alerts.store.deliveries().length, 1);
  assert.equal(alerts.traces.flatMap((each) => (each.trace === 'Notified' ? [each.result] : [])).at(-1), 'given_up');
});

test('a crash after queueing loses nothing, and one after sending repeats it under the same Message-ID', async ({
  path,
  mails,
  email,
}) => {
  const first = new Alerts(path, [email]);
  first.record('ServerDied');
  await first.gather();
  first.store.close();
  const second = new Alerts(path, [email]);
  await second.gather();
  assert.is(second.store.deliveries().length, 1, 'what was gathered is not gathered again');
  await second.deliver('email');
  second.store.close();
  // As a crash leaves it between the server's yes and our record of it.
  tamper(path, 'UPDATE notifications SET delivered_at = NULL');
  const third = new Alerts(path, [email]);
  await third.deliver('email');
  assert.is(mails.mails.length, 1, 'the attempt was on record, and its wait holds');
  third.clock.advance(5_000);
  await third.deliver('email');
  const ids = mails.mails.map(({ text }) => /^Message-ID: (<.+@example\.org>)\r$/m.exec(text)?.[1]);
  assert.is(ids.length, 2);
  assert.ok(ids[0]);
  assert.is(ids[0], ids[1]);
});

test('an event that was read is not read again, and a repeat of it is', async ({ path, hook }) => {
  const alerts = new Alerts(path, [hook], { cooldownMs: 0 });
  alerts.record('ServerDied');
  await alerts.gather();
  await alerts.gather();
  assert.is(alerts.store.deliveries().length, 1);
  alerts.record('ServerDied');
  await alerts.gather();
  const [, again] = alerts.store.deliveries();
  assert.equal(
    again?.notification.events.map(({ times }) => times),
    [1],
  );
});

test('nothing is written where there is nothing to tell (I7)', async ({ path, hook }) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('PrimaryExited');
  const before = alerts.store.version();
  await alerts.gather();
  await alerts.deliver('webhook/ops');
  assert.is(alerts.store.version(), before);
});

test('what was recorded before alerts were wanted is not told, nor what was pending when they no longer were', async ({
  path,
  hook,
}) => {
  const alerts = new Alerts(path, [hook], { digestMs: 10_000 });
  alerts.record('ServerDied', 'Project/old');
  alerts.store.transaction((writes) => writes.setAlerting(true));
  alerts.record('ServerDied', 'Project/new');
  await alerts.gather();
  assert.equal(
    alerts.store.pendingAlerts().map(({ object }) => object),
    ['Project/new'],
  );
  const { cursor } = alerts.store.alertProgress();
  alerts.store.transaction((writes) => writes.setAlerting(true));
  assert.is(alerts.store.alertProgress().cursor, cursor, 'a restart goes on where it was');
  alerts.store.transaction((writes) => writes.setAlerting(false));
  assert.equal(alerts.store.pendingAlerts(), []);
});

test('a channel that is configured no more gets nothing more', async ({ path, hook, email }) => {
  const before = new Alerts(path, [email, hook]);
  before.record('ServerDied');
  await before.gather();
  before.store.close();
  const after = new Alerts(path, [hook]);
  await after.deliver('email');
  const left = after.store.deliveries().find(({ channel }) => channel === 'email');
  assert.is(left?.lastError, 'this channel is no longer configured');
  assert.is(after.store.openDeliveries('webhook/ops').length, 1);
});

test('what is old and done is dropped, what waits is not', async ({ path, hook, email }) => {
  const alerts = new Alerts(path, [email, hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  await alerts.deliver('webhook/ops');
  alerts.store.transaction((writes) => writes.prune(alerts.clock.now().wallMs + 1));
  assert.equal(
    alerts.store.deliveries().map(({ channel }) => channel),
    ['email'],
  );
  assert.is(alerts.store.alert('ServerDied', 'Project/web'), null);
});

test('a row that cannot be read is its own trouble: the message says where to look (failure 7)', async ({
  path,
  hooks,
  hook,
}) => {
  const alerts = new Alerts(path, [hook]);
  alerts.record('ServerDied');
  await alerts.gather();
  tamper(path, `UPDATE notifications SET message = '{"odd": 1}'; UPDATE alerts SET pending = '{}'`);
  await alerts.gather();
  await alerts.deliver('webhook/ops');
  assert.match(String(hooks.posts[0]?.body['text']), /cannot be read.*tmuxlet events/s);
});

test('it logs in where it is told to, and a refused log-in is told without the password', async ({ path }) => {
  const mails = await MailServer.open({ password: 'open sesame' });
  try {
    const emailAs = (password: string) =>
      emailNotifier({ ...options, port: mails.port, login: { user: 'ann', password } });
    const alerts = new Alerts(path, [emailAs('a wrong one')]);
    alerts.record('ServerDied');
    await alerts.gather();
    await alerts.deliver('email');
    assert.match(alerts.delivery.lastError ?? '', /Invalid login: 535/);
    assert.not.match(alerts.delivery.lastError ?? '', /a wrong one/);
    alerts.store.close();
    const better = new Alerts(path, [emailAs('open sesame')]);
    better.clock.advance(5_000);
    await better.deliver('email');
    assert.equal(mails.logins.at(-1), { user: 'ann', password: 'open sesame' });
    assert.is(mails.mails.length, 1);
  } finally {
    await mails.close();
  }
});

test.run();
