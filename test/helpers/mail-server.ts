import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, headers unfolded and soft line ends taken out. */
  readonly text: string;
}

/** What the server does with who comes. */
export type Mood = 'Takes' | 'Refuses' | 'Hangs';

export interface MailSettings {
  /** Who logs in must give it. Default: nobody logs in. */
  readonly password?: string;
  /** TLS from the first byte, or once it is asked for (STARTTLS). Default: none. */
  readonly tls?: 'AtOnce' | 'WhenAsked';
  /** For TLS, in PEM. */
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** A real SMTP server on loopback that keeps what it is given. */
export class MailServer {
  readonly mails: Mail[] = [];
  mood: Mood = 'Takes';
  /** Connections so far. */
  calls = 0;
  /** The last mail came by TLS. */
  wasSecure = false;
  /** Log-ins so far. */
  readonly logins: { readonly user: string; readonly password: string }[] = [];
  readonly #server: SMTPServer;

  #port = 0;

  private constructor(settings: MailSettings) {
    this.#server = serverOf(this, settings);
    // A client that leaves in the middle of things is nothing to the next one.
    this.#server.on('error', () => {});
  }

  /** On a free port, or on the one of a server that has closed. Rejects when the port is taken. */
  static async open({ port = 0, ...settings }: { port?: number } & MailSettings = {}): Promise<MailServer> {
    const mails = new MailServer(settings);
    await mails.#listen(port);
    return mails;
  }

  /** Stays known when it has closed. */
  get port(): number {
    return this.#port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(port: number): Promise<void> {
    const listening = once(this.#server.server, 'listening');
    this.#server.listen(port, '127.0.0.1');
    await listening;
    this.#port = (this.#server.server.address() as AddressInfo).port;
  }
}

const serverOf = (self: MailServer, { password, tls, certificate }: MailSettings): SMTPServer =>
  new SMTPServer({
    ...certificate,
    secure: tls === 'AtOnce',
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(password === undefined ? ['AUTH'] : [])],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    closeTimeout: 100,
    logger: false,
    onConnect(_session, callback) {
      self.calls += 1;
      if (self.mood !== 'Hangs') callback();
    },
    onAuth({ username, password: given }, _session, callback) {
      self.logins.push({ user: username ?? '', password: given ?? '' });
      callback(given === password ? null : new Error('no'), { user: username });
    },
    onData(stream, session, callback) {
      self.wasSecure = session.secure;
      callbackify(() => keep(self, stream, session))(callback);
    },
  });

const keep = async (server: MailServer, stream: Readable, { envelope }: SMTPServerSession): Promise<void> => {
  const raw = await text(stream);
  if (server.mood === 'Refuses') throw Object.assign(new Error('4.3.0 come back later'), { responseCode: 451 });
  const { mailFrom, rcptTo } = envelope;
  server.mails.push({
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    text: readable(raw),
  });
};

const readable = (raw: string): string => {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ');
  return head + raw.slice(end).replaceAll('=\r\n', '');
};
