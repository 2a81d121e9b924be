import { z } from 'zod';
import { Name, NO_NUL, NUL_MESSAGE } from '../api/manifest.ts';
import { Alerts } from './alerts.ts';
import { Orphans } from './orphans.ts';

/** What every setting may be, whoever gives it: a flag or variable (as text), or the config file. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const numeric = (value: unknown): unknown => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const message = `must be a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`}`;
  return z.preprocess(numeric, z.int(message).min(least, message).max(most, message));
};

const path = z.string('must be a path').min(1, 'must be a path, not empty').regex(NO_NUL, NUL_MESSAGE);

const listenMessage = 'must be HOST:PORT, such as 127.0.0.1:9469, with a port of 0 (any) to 65535';
const Listen = z.string(listenMessage).transform((text, context) => {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) {
    context.addIssue({ code: 'custom', message: listenMessage });
    return z.NEVER;
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
});

const flag = z.union([z.boolean(), z.stringbool()], 'must be true or false');

const hostMessage = 'must be names of hosts without a port, such as tmuxlet.example.org, joined by commas';
const Hosts = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(z.string(hostMessage).regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, hostMessage), hostMessage),
);

const QueueSettings = z.strictObject({ maxConcurrent: whole(0).describe('how many of its Projects run at one time') });

export const Settings = z
  .strictObject({
    stateDir: path,
    manifests: path,
    listen: Listen,
    allowRemote: flag,
    allowedHosts: Hosts,
    tokenFile: path,
    readsNeedToken: flag,
    server: z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:9469' }),
    tmuxSocket: path,
    maxConcurrent: whole(0),
    queues: z.record(Name, QueueSettings),
    maxConcurrentStarts: whole(1),
    stateSyncIntervalSeconds: whole(1),
    stateSyncDryRun: flag,
    shardSize: whole(1),
    externalTmuxServers: whole(0, 100),
    metricsProjects: whole(0),
    logMaxBytes: whole(4096),
    logKeep: whole(0),
    copyDays: whole(1),
    copyMaxBytes: whole(0),
    alerts: Alerts,
    orphans: Orphans,
    logLevel: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
  })
  .partial();

export type Settings = z.output<typeof Settings>;
export type SettingName = keyof Settings;

/** What is too much for a flag or a variable. */
const FILE_ONLY = ['queues', 'alerts', 'orphans'] as const satisfies readonly SettingName[];
type FileOnly = (typeof FILE_ONLY)[number];

export const isFileOnly = (name: SettingName): name is FileOnly => FILE_ONLY.some((each) => each === name);

/** The settings that have a flag, as written on the command line. */
export type FlagTexts = { readonly [name in Exclude<SettingName, FileOnly>]?: string };

export const SETTING_NAMES = Object.keys(Settings.shape) as readonly SettingName[];

const kebab = (name: string, joint: string): string => name.replace(/[A-Z]/g, (letter) => joint + letter.toLowerCase());

export const flagOf = (name: SettingName): string => `--${kebab(name, '-')}`;

/** The variable of a setting; null for what only the file can say. */
export const variableOf = (name: SettingName): string | null => {
  if (isFileOnly(name)) return null;
  // The plan's own names, which its users know.
  if (name === 'stateSyncIntervalSeconds') return 'STATE_SYNC_INTERVAL_SEC';
  if (name === 'stateSyncDryRun') return 'STATE_SYNC_DRY_RUN';
  return `TMUXLET_${kebab(name, '_').toUpperCase()}`;
};
