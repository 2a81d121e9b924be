import { messageOf } from '../../api/errors.ts';
import type { Notification, Notifier } from '../../api/ports/notifier.ts';
import { timeText } from '../../api/time.ts';

/** Slack refuses longer texts. */
const TEXT_LENGTH = 30_000;

/** POSTs JSON. The URL often holds a token, and so is in no error. */
export const webhookNotifier = ({ name, url }: { readonly name: string; readonly url: string }): Notifier => ({
  kind: 'webhook',
  name: `webhook/${name}`,
  async deliver(notification, signal) {
    const response = await post(url, notification, signal);
    // The answer is not read; left alone it would hold the connection.
    await response.body?.cancel();
    if (!response.ok) throw new Error(`answered ${response.status}`);
  },
});

const post = async (url: string, notification: Notification, signal: AbortSignal): Promise<Response> => {
  const { id, createdAt } = notification;
  try {
    return await fetch(url, {
      method: 'POST',
      // The same at every attempt.
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `${id}.${createdAt}` },
      body: JSON.stringify(payloadOf(notification)),
      // What the token in the URL is for is this host alone.
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    // "fetch failed" says nothing; its cause says why.
    throw new Error(error instanceof Error && error.cause ? messageOf(error.cause) : 'could not be reached', {
      cause: error,
    });
  }
};

/** `text` is what Slack and those who do as Slack show; the rest is for programs. */
const payloadOf = ({ id, subject, text, events, createdAt }: Notification) => ({
  text: slackText(`${subject}\n\n${text}`.slice(0, TEXT_LENGTH)),
  id,
  subject,
  createdAt: timeText(createdAt),
  events: events.map(({ firstAt, lastAt, ...event }) => ({
    ...event,
    firstAt: timeText(firstAt),
    lastAt: timeText(lastAt),
  })),
});

/** Slack's own rule: of a text only these three are escaped, and then `<!channel>` calls nobody. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
