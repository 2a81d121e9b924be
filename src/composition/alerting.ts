import { hostname } from 'node:os';
import { emailNotifier } from '../adapters/notifiers/email.ts';
import { readSecret } from '../adapters/notifiers/secret-file.ts';
import { webhookNotifier } from '../adapters/notifiers/webhook.ts';
import { UserError } from '../api/errors.ts';
import type { Notifier } from '../api/ports/notifier.ts';
import type { Config } from '../config.ts';
import type { Alerting } from '../controllers/notification.ts';
import { maskSecrets } from '../telemetry/mask-secrets.ts';

/**
 * Whom to tell, as the config says.
 * @throws UserError when a secret cannot be had, or two webhooks have one name
 */
export const openAlerting = ({ alerts }: Config): Alerting => {
  const { cooldownSeconds, digestSeconds, maxPerHour, reasons } = alerts;
  return {
    notifiers: notifiersOf(alerts),
    settings: {
      cooldownMs: cooldownSeconds * 1000,
      digestMs: digestSeconds * 1000,
      maxPerHour,
      include: reasons.include ?? null,
      exclude: reasons.exclude ?? [],
      host: hostname(),
    },
    mask: maskSecrets,
  };
};

const notifiersOf = ({ email, webhooks }: Config['alerts']): readonly Notifier[] => {
  const notifiers: Notifier[] = [];
  if (email) {
    const { user, passwordFile, secure } = email;
    const login =
      user && passwordFile ? { user, password: readSecret('the password of alerts.email in', passwordFile) } : null;
    notifiers.push(emailNotifier({ ...email, port: email.port ?? (secure ? 465 : login ? 587 : 25), login }));
  }
  for (const [index, { name = String(index + 1), url, urlFile }] of webhooks.entries()) {
    const address = urlFile === undefined ? (url ?? '') : readSecret('the URL of a webhook in', urlFile);
    if (!URL.canParse(address)) throw new UserError(`${urlFile} holds no URL`, 2);
    notifiers.push(webhookNotifier({ name, url: address }));
  }
  const names = notifiers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`alerts.webhooks: two have the name ${twice.split('/')[1]}`, 2);
  return notifiers;
};
