import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../src/api/errors.ts';
import { openAlerting } from '../../src/composition/alerting.ts';
import { loadConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ folder: string; remove: () => void }>('the config of alerts');

test.before.each((context) => {
  const { path: folder, remove } = temporaryFolder();
  Object.assign(context, { folder, remove });
});
test.after.each(({ remove }) => remove());

const load = (folder: string, alerts: unknown) => {
  writeFileSync(join(folder, 'c.json'), JSON.stringify({ alerts }));
  return loadConfig({ config: 'c.json' }, { HOME: folder }, folder);
};

const complaint = (about: () => unknown): string => {
  try {
    about();
  } catch (error) {
    assert.instance(error, UserError);
    assert.is((error as UserError).exitCode, 2);
    return (error as UserError).message;
  }
  throw new Error('expected a complaint');
};

const email = { to: ['ops@example.org'], from: 'tmuxlet@example.org', host: 'mail.example.org' };

test('without a word nobody is told, and what is left out has its default', ({ folder }) => {
  const { alerts } = loadConfig({}, { HOME: folder }, folder);
  assert.equal([alerts.cooldownSeconds, alerts.digestSeconds, alerts.maxPerHour], [3600, 10, 20]);
  assert.equal(openAlerting(load(folder, {})).notifiers, []);
});

test('each channel has a name, and two of one name are refused', ({ folder }) => {
  const url = 'http://127.0.0.1:1/';
  const names = (webhooks: readonly object[]) =>
    openAlerting(load(folder, { email, webhooks })).notifiers.map(({ name }) => name);
  assert.equal(names([{ url }, { url, name: 'ops' }]), ['email', 'webhook/1', 'webhook/ops']);
  assert.match(
    complaint(() =>
      names([
        { url, name: 'a' },
        { url, name: 'a' },
      ]),
    ),
    'two have the name a',
  );
});

test('a mistake is told with its place in the file', ({ folder }) => {
  for (const [alerts, what] of [
    [{ cooldown: 5 }, /c\.json:1:12: alerts\.cooldown: unknown key/],
    [{ email: { ...email, to: ['a@b\r\nBcc: c@d'] } }, /alerts\.email\.to\[0\]: must be a plain address/],
    [{ email: { ...email, to: [] } }, /alerts\.email\.to: must name somebody/],
    [{ email: { ...email, user: 'ann' } }, /user and passwordFile go together/],
    [{ email: { ...email, password: 'x' } }, /password/],
    [{ webhooks: [{ url: 'ftp://example.org' }] }, /must be an http or https URL/],
    [{ webhooks: [{}] }, /alerts\.webhooks\[0\]\.url: is required/],
    [{ reasons: { exclude: ['not a reason'] } }, /must be the reason of an event/],
  ] as const) {
    assert.match(
      complaint(() => load(folder, alerts)),
      what,
    );
  }
});

test('a secret is read from a file beside the config, and only when nobody else may read it', ({ folder }) => {
  const config = load(folder, { webhooks: [{ name: 'ops', urlFile: 'url' }] });
  assert.match(
    complaint(() => openAlerting(config)),
    /cannot read the URL of a webhook in.*ENOENT/,
  );
  const file = join(folder, 'url');
  writeFileSync(file, 'https://hooks.example.org/token\n', { mode: 0o640 });
  const told = complaint(() => openAlerting(config));
  assert.match(told, `${file} may be read by others (mode 640): chmod 600 ${file}`);
  chmodSync(file, 0o600);
  assert.is(openAlerting(config).notifiers.length, 1);
  writeFileSync(file, '\n');
  assert.match(
    complaint(() => openAlerting(config)),
    /is empty/,
  );
  writeFileSync(file, 'secret, but no URL\n');
  assert.not.match(
    complaint(() => openAlerting(config)),
    /secret/,
  );
});

test.run();
