import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, loadavg, release, totalmem, type, userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { openTmux } from '../../adapters/tmux/open-tmux.ts';
import { wouldBeBaseEnvironment } from '../../adapters/base-environment.ts';
import { knownOwner } from '../../adapters/identity.ts';
import { isTerminal } from '../../api/phase.ts';
import type { ProjectObject } from '../../api/project.ts';
import type { Config, Environment } from '../../config.ts';
import type { Client } from '../../server/client.ts';
import { MASK } from '../../server/views/mask.ts';
import { VERSION } from '../../version.ts';
import { compareAlone } from '../compare.ts';
import { examine } from '../doctor.ts';
import { planOnce } from '../plan.ts';

export interface BundleParts {
  readonly config: Config;
  readonly env: Environment;
  readonly client: Client;
  /** Absolute path of a log of the controller. */
  readonly log: string | null;
}

/** Newest events that are told. */
const EVENTS = 1000;
const LOG_BYTES = 1024 * 1024;
/** Projects whose whole story is told. */
const STORIES = 50;

/** The files of a bundle: each by its name, and what makes it. A text is written as it is, all else as JSON. */
export const partsOf = (parts: BundleParts): Readonly<Record<string, () => unknown>> => {
  const { config, env, client, log } = parts;
  return {
    'about.json': () => about(parts),
    'config.json': () => shownConfig(config),
    'environment.json': () => Object.fromEntries(Object.keys(env).map((name) => [name, MASK])),
    'doctor.json': () => examine(config, env, []),
    'health.json': async () => (await client.top()).checks ?? 'no controller is running',
    'metrics.txt': () => client.metrics(),
    'projects.json': async () => (await client.projects()).items,
    'stuck.json': () => stuck(client),
    'plan.json': () => (client.live ? client.plan() : planOnce(config, env)),
    'records.json': () => (client.live ? client.sync(true) : compareAlone(config, env)),
    'events.json': async () => (await client.events({ limit: EVENTS })).items,
    'queues.json': async () => (await client.queues()).items,
    'locks.json': async () => (await client.locks()).items,
    'manifests.json': async () => (await client.manifests()).items,
    'notifications.json': async () => (await client.notifications()).items,
    'tmux.json': () => tmuxListing(config, env),
    'files.txt': () => listing(config.stateDir),
    ...(log === null ? {} : { 'log.txt': () => tailOf(log) }),
  };
};

const about = ({ config, client }: BundleParts) => ({
  tmuxlet: VERSION,
  controllerRuns: client.live,
  node: process.versions,
  tmux: firstLine('tmux', ['-V']),
  system: `${type()} ${release()} ${arch()}`,
  distribution: firstLine('sh', ['-c', '. /etc/os-release && echo "$PRETTY_NAME"']),
  host: hostname(),
  isRoot: userInfo().uid === 0,
  cpus: cpus().length,
  load: loadavg(),
  memoryBytes: totalmem(),
  stateDir: config.stateDir,
  ownerId: knownOwner(config.stateDir),
});

const firstLine = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 }).trim();

/** Addresses of people are theirs; where a webhook leads is often a secret. */
const shownConfig = (config: Config) => {
  const { alerts } = config;
  const webhooks = alerts.webhooks.map((webhook) => ({ ...webhook, ...(webhook.url !== undefined && { url: MASK }) }));
  const email = alerts.email && { ...alerts.email, to: alerts.email.to.map(() => MASK), from: MASK };
  return { ...config, alerts: { ...alerts, webhooks, ...(email && { email }) } };
};

/** The whole story of those that do not get on, without what was on their screens. */
const stuck = async (client: Client): Promise<unknown> => {
  const names = (await client.projects()).items.filter(isStuck).map(({ metadata }) => metadata.name);
  return Promise.all(
    names.slice(0, STORIES).map(async (name) => {
      const { attempts, ...story } = await client.describe(name);
      const untold = attempts.map(({ runs, ...attempt }) => ({
        ...attempt,
        runs: runs.map((run) => ({ ...run, lastLines: run.lastLines === null ? null : MASK })),
      }));
      return { ...story, attempts: untold };
    }),
  );
};

const isStuck = ({ status: { phase, conditions } }: ProjectObject): boolean => {
  const is = (type: string, status: string): boolean =>
    conditions.some((condition) => condition.type === type && condition.status === status);
  if (phase === 'Failed' || is('Stalled', 'True') || is('SessionAvailable', 'Unknown')) return true;
  return phase !== 'Running' && phase !== 'Suspended' && !isTerminal(phase);
};

const tmuxListing = async (config: Config, env: Environment): Promise<unknown> => {
  const { stateDir, tmuxSocket } = config;
  const clock = systemClock();
  const tmux = await openTmux({
    socket: tmuxSocket,
    stateDir,
    ownerId: knownOwner(stateDir) ?? crypto.randomUUID(),
    env: { ...wouldBeBaseEnvironment(stateDir, env) },
    mode: 'ReadOnly',
    clock,
  });
  try {
    return await tmux.observe(clock.now().monotonicMs);
  } finally {
    await tmux.close();
  }
};

/** Every file of the state directory by mode, size, time and name; nothing of what is in it. */
const listing = (stateDir: string): string =>
  readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return [];
      const { mode, size, mtime } = stat;
      return [`${mode.toString(8)} ${String(size).padStart(10)} ${mtime.toISOString()} ${relative(stateDir, path)}\n`];
    })
    .sort()
    .join('');

const tailOf = (log: string): string => readFileSync(log).subarray(-LOG_BYTES).toString();
