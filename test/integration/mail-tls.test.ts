import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmailOptions, emailNotifier } from '../../src/adapters/notifiers/email.ts';
import { MailServer, type MailSettings } from '../helpers/mail-server.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('mail by TLS');

/** An address by which this machine is reached, and which could be another one's as far as we can tell. */
const ELSEWHERE = '0.0.0.0';
const LOGIN = { user: 'ops', password: 'hush' };

/** Of ourselves, for an hour. */
const selfSigned = (folder: string): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const hosts = 'subjectAltName=IP:0.0.0.0,IP:127.0.0.1';
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const names = ['-subj', '/CN=mail.test', '-addext', hosts];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
};

const { path: folder, remove } = temporaryFolder();
const certificate = selfSigned(folder);
const known = getCACertificates('default');
const trust = (certificates: readonly string[]): void => setDefaultCACertificates([...known, ...certificates]);
test.before.each(() => trust([certificate.cert]));
test.after(remove);

/** Null when it was taken, else why not; and what the server has seen. */
const sent = async (
  settings: MailSettings,
  email: Partial<EmailOptions>,
): Promise<{ readonly trouble: string | null; readonly server: MailServer }> => {
  const server = await MailServer.open({ certificate, ...settings });
  try {
    const { port } = server;
    const options = { to: ['a@b.example'], from: 'c@d.example', host: ELSEWHERE, port, secure: false, login: null };
    const notification = { id: 'n', createdAt: 5, subject: 's', text: 't', events: [] };
    const delivery = emailNotifier({ ...options, ...email }).deliver(notification, AbortSignal.timeout(60_000));
    return { server, trouble: await delivery.then(() => null, String) };
  } finally {
    await server.close();
  }
};

test('a server that offers STARTTLS gets mail by TLS, log-in or not', async () => {
  const { trouble, server } = await sent({ tls: 'WhenAsked' }, {});
  assert.equal([trouble, server.mails.length, server.wasSecure], [null, 1, true]);
  const second = await sent({ tls: 'WhenAsked', password: LOGIN.password }, { login: LOGIN });
  assert.equal([second.trouble, second.server.wasSecure, second.server.logins], [null, true, [LOGIN]]);
});

test('secure is TLS from the first byte', async () => {
  const { trouble, server } = await sent({ tls: 'AtOnce', password: LOGIN.password }, { secure: true, login: LOGIN });
  assert.equal([trouble, server.wasSecure, server.logins], [null, true, [LOGIN]]);
});

test('a log-in is not shown to a server elsewhere that offers no TLS', async () => {
  const { trouble, server } = await sent({ password: LOGIN.password }, { login: LOGIN });
  assert.match(String(trouble), /TLS/);
  assert.equal([server.logins, server.mails], [[], []]);
});

test('a certificate that nobody vouches for gets no mail and no log-in, whichever way TLS begins', async () => {
  trust([]);
  for (const tls of ['WhenAsked', 'AtOnce'] as const) {
    const { trouble, server } = await sent(
      { tls, password: LOGIN.password },
      { secure: tls === 'AtOnce', login: LOGIN },
    );
    assert.match(String(trouble), /self[- ]signed certificate/);
    assert.equal([server.logins, server.mails], [[], []]);
  }
});

test('a mail server on this machine gets mail without TLS, whatever its certificate', async () => {
  trust([]);
  const { trouble, server } = await sent({ tls: 'WhenAsked' }, { host: '127.0.0.1' });
  assert.equal([trouble, server.mails.length, server.wasSecure], [null, 1, false]);
});

test.run();
