import { z } from 'zod';
import { Name, NO_NUL, NUL_MESSAGE } from '../api/manifest.ts';

/** The section `alerts` of the config file: who is told, and how often. */

const seconds = z.number('must be a number of seconds').min(0, 'must not be negative');

const ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;
const Address = z.string().regex(ADDRESS, 'must be a plain address such as ops@example.org');

const reason = z.string().regex(/^[A-Z][A-Za-z]+$/, 'must be the reason of an event, such as BackoffLimitExceeded');

const file = z.string('must be a path').min(1, 'must be a path, not empty').regex(NO_NUL, NUL_MESSAGE);

const PASSWORD = 'a file of mode 0600 that holds the password in one line';
const URL_FILE = 'a file of mode 0600 that holds the address in one line, where it is a secret';

const Email = z
  .strictObject({
    to: z.array(Address).min(1, 'must name somebody').describe('who gets it'),
    from: Address.describe('who it is from'),
    host: z.string().min(1, 'must be a host').describe('the mail server'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .describe('its port; if not given 25, with a log-in 587, with secure 465')
      .optional(),
    secure: z.boolean().default(false).describe('TLS from the first byte'),
    user: z.string().min(1).describe('where the server wants a log-in').optional(),
    passwordFile: file.describe(PASSWORD).optional(),
  })
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined), {
    message: 'user and passwordFile go together',
    path: ['user'],
  });

const Webhook = z
  .strictObject({
    name: Name.describe('what the channel is called').optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .describe('where it is posted to')
      .optional(),
    urlFile: file.describe(URL_FILE).optional(),
  })
  .refine(({ url, urlFile }) => (url === undefined) !== (urlFile === undefined), {
    message: 'needs either url or urlFile',
    path: ['url'],
  });

export const Alerts = z.strictObject({
  cooldownSeconds: seconds.default(3600).describe('a reason about an object is told once in so long'),
  digestSeconds: seconds.default(10).describe('what comes within so long goes out as one message'),
  maxPerHour: z.int().min(1, 'must be at least 1').default(20).describe('messages in any hour at most'),
  reasons: z
    .strictObject({
      include: z.array(reason).describe('only these reasons alert').optional(),
      exclude: z.array(reason).describe('these never do').optional(),
    })
    .default({}),
  email: Email.optional(),
  webhooks: z.array(Webhook).default([]),
});

export type Alerts = z.output<typeof Alerts>;

export const NO_ALERTS: Alerts = Alerts.parse({});

/** The same with its paths made absolute. */
export const withAbsoluteFiles = (alerts: Alerts, absolute: (path: string) => string): Alerts => ({
  ...alerts,
  ...(alerts.email && {
    email: { ...alerts.email, ...(alerts.email.passwordFile && { passwordFile: absolute(alerts.email.passwordFile) }) },
  }),
  webhooks: alerts.webhooks.map((each) => (each.urlFile ? { ...each, urlFile: absolute(each.urlFile) } : each)),
});
