import { createTransport } from 'nodemailer';
import type { Notifier } from '../../api/ports/notifier.ts';
import { isLoopback } from './loopback.ts';

export interface EmailOptions {
  readonly to: readonly string[];
  readonly from: string;
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. Otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** Logs in as this user; never without TLS, but on this machine. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** Plain text by SMTP, one connection a message. */
export const emailNotifier = ({ to, from, host, port, secure, login }: EmailOptions): Notifier => {
  const isLocal = isLoopback(host);
  const transport = createTransport({
    host,
    port,
    secure,
    // A mail server on this machine often has a certificate that is for nobody.
    ignoreTLS: isLocal,
    requireTLS: login !== null && !secure && !isLocal,
    ...(login && { auth: { user: login.user, pass: login.password } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    kind: 'email',
    name: 'email',
    async deliver({ id, subject, text, createdAt }, signal) {
      const { rejected } = await transport.sendMail({
        from,
        to: [...to],
        subject,
        text,
        date: new Date(createdAt),
        // The same at every attempt, so that readers show a message that came twice once.
        messageId: `<${id}.${createdAt}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        // RFC 3834: no out-of-office answers, please.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      if (rejected.length > 0) throw new Error(`${rejected.length} of ${to.length} recipients were refused`);
    },
  };
};
