import { z } from 'zod';
import { Name } from '../api/manifest.ts';

/** The section `alerts` of the config file: who is told, and how often. */

const seconds = z.number('must be a number of seconds').min(0, 'must not be negative');

const ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;
const Address = z.string().regex(ADDRESS, 'must be a plain address such as ops@example.org');

const reason = z.string().regex(/^[A-Z][A-Za-z]+$/, 'must be the reason of an event, such as BackoffLimitExceeded');

const file = z.string('must be a path').min(1, 'must be a path, not empty');

const Email = z
  .strictObject({
    to: z.array(Address).min(1, 'must name somebody'),
    from: Address,
    host: z.string().min(1, 'must be a host'),
    port: z.int().min(1).max(65_535).optional(),
    secure: z.boolean().default(false),
    user: z.string().min(1).optional(),
    passwordFile: file.optional(),
  })
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined), {
    message: 'user and passwordFile go together',
    path: ['user'],
  });

const Webhook = z
  .strictObject({
    name: Name.optional(),
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    urlFile: file.optional(),
  })
  .refine(({ url, urlFile }) => (url === undefined) !== (urlFile === undefined), {
    message: 'needs either url or urlFile',
    path: ['url'],
  });

export const Alerts = z.strictObject({
  cooldownSeconds: seconds.default(3600),
  digestSeconds: seconds.default(10),
  maxPerHour: z.int().min(1, 'must be at least 1').default(20),
  reasons: z.strictObject({ include: z.array(reason).optional(), exclude: z.array(reason).optional() }).default({}),
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
