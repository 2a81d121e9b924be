import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from './api/errors.ts';
import type { QueueRow } from './api/ports/store.ts';
import { type Alerts, NO_ALERTS } from './config/alerts.ts';
import { DEFAULT_ORPHANS, type Orphans } from './config/orphans.ts';
import type { FlagTexts, LogLevel, SettingName, Settings } from './config/settings.ts';
import { fromEnvironment, fromFile, fromFlags } from './config/sources.ts';

/** Everything the program can be told. All paths are absolute. */
export interface Config {
  /** Database, sockets, logs, state files. Default: ./.tmuxlet where it exists, else $XDG_STATE_HOME/tmuxlet. */
  readonly stateDir: string;
  /** The manifest directory. Default: manifests in the state directory. */
  readonly manifests: string;
  /** Where metrics, health and the page are served. Default: 127.0.0.1:9469; port 0 is any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** That address may be one that other machines reach. Default: false. */
  readonly allowRemote: boolean;
  /** Names beside localhost and the address itself under which it is asked for. Default: none. */
  readonly allowedHosts: readonly string[];
  /** The file of the token: over TCP, whoever shows it may change things. Default: null, nobody may. */
  readonly tokenFile: string | null;
  /** Whoever reads over TCP must show it too. Default: false. */
  readonly readsNeedToken: boolean;
  /** Where the command line finds its controller. Default: null, by the socket in the state directory. */
  readonly server: string | null;
  /** Socket of the first tmux server. Default: tmux.sock in the state directory. */
  readonly tmuxSocket: string;
  /** Every queue with its room; `default` is always there, with room for 20 by default. */
  readonly queues: readonly QueueRow[];
  /** How many sessions may be starting at one time. Default: 5. */
  readonly maxConcurrentStarts: number;
  /** Everything is looked at again this often. Default: 300. */
  readonly stateSyncIntervalSeconds: number;
  /** What records disagree on is told and not mended; starts, stops and restarts go on. Default: false. */
  readonly stateSyncDryRun: boolean;
  /** Sessions a tmux server holds at most. Default: 150. */
  readonly shardSize: number;
  /** So many tmux servers are kept by somebody else, as by systemd; then none is started. Default: 0. */
  readonly externalTmuxServers: number;
  /** So many Projects have metrics of their own; of more, the rest is only counted. Default: 2,000. */
  readonly metricsProjects: number;
  /** A window's log is rotated at this size. Default: 10 MiB. */
  readonly logMaxBytes: number;
  /** Rotated files that are kept of each log. Default: 3. */
  readonly logKeep: number;
  /** Copies of sessions that were ended are kept so many days. Default: 90. */
  readonly copyDays: number;
  /** And take no more than this, orphans' and replaced sessions' each. Default: 1 GiB. */
  readonly copyMaxBytes: number;
  /** Who is told what goes wrong. Default: nobody. */
  readonly alerts: Alerts;
  /** What is done with sessions of ours that no Project claims. Default: killed after an hour. */
  readonly orphans: Orphans;
  /** Default: info. */
  readonly logLevel: LogLevel;
  /** The config file, absolute; null for none. */
  readonly configFile: string | null;
  /** Plan everything, do nothing. */
  readonly dryRun: boolean;
  /** Reconcile until nothing is left to do, then end. */
  readonly once: boolean;
  /** Where each setting came from: a flag, a variable, `file:line:column`, or `default`. */
  readonly sources: Readonly<Record<SettingName, string>>;
}

/** What the command line gave, as text, under the names that commander makes of the flags. */
export type Flags = FlagTexts & {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly once?: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The API's unix socket of the controller that has this state directory. */
export const apiSocketOf = (stateDir: string): string => join(stateDir, 'tmuxlet.sock');

/** Where the Projects' locks are. */
export const locksOf = (stateDir: string): string => join(stateDir, 'locks');

/** Tells when a controller last lived with this state directory. */
export const signOfLifeOf = (stateDir: string): string => join(stateDir, 'alive.json');

/** The record of a state directory. */
export const databaseOf = (stateDir: string): string => join(stateDir, 'tmuxlet.db');

/**
 * Flags before environment before config file before defaults.
 * @throws UserError (exit code 2) naming the source of a bad value and what would be right
 */
export const loadConfig = (flags: Flags, env: Environment, cwd: string): Config => {
  const sources = [fromFlags(flags, cwd), fromEnvironment(env, cwd)];
  const file = flags.config ?? (env['TMUXLET_CONFIG'] || undefined);
  const configFile = file === undefined ? null : resolve(cwd, file);
  if (configFile !== null) sources.push(fromFile(configFile));

  const origins: Partial<Record<SettingName, string>> = {};
  const get = <K extends SettingName>(name: K, fallback: NonNullable<Settings[K]>): NonNullable<Settings[K]> => {
    const source = sources.find(({ settings }) => settings[name] !== undefined);
    origins[name] = source?.where(name) ?? 'default';
    return source?.settings[name] ?? fallback;
  };

  const stateDir = get('stateDir', defaultStateDir(env, cwd));
  const config = {
    stateDir,
    manifests: get('manifests', join(stateDir, 'manifests')),
    listen: get('listen', { host: '127.0.0.1', port: 9469 }),
    allowRemote: get('allowRemote', false),
    allowedHosts: get('allowedHosts', []),
    tokenFile: get('tokenFile', '') || null,
    readsNeedToken: get('readsNeedToken', false),
    server: get('server', '') || null,
    tmuxSocket: get('tmuxSocket', join(stateDir, 'tmux.sock')),
    queues: queuesOf(get('queues', {}), get('maxConcurrent', 20), origins.maxConcurrent === 'default'),
    maxConcurrentStarts: get('maxConcurrentStarts', 5),
    stateSyncIntervalSeconds: get('stateSyncIntervalSeconds', 300),
    stateSyncDryRun: get('stateSyncDryRun', false),
    shardSize: get('shardSize', 150),
    externalTmuxServers: get('externalTmuxServers', 0),
    metricsProjects: get('metricsProjects', 2000),
    logMaxBytes: get('logMaxBytes', 10 * 1024 * 1024),
    logKeep: get('logKeep', 3),
    copyDays: get('copyDays', 90),
    copyMaxBytes: get('copyMaxBytes', 1024 * 1024 * 1024),
    alerts: get('alerts', NO_ALERTS),
    orphans: get('orphans', DEFAULT_ORPHANS),
    logLevel: get('logLevel', 'info'),
    configFile,
    dryRun: flags.dryRun ?? false,
    once: flags.once ?? false,
    // Every name went through `get` above.
    sources: origins as Record<SettingName, string>,
  };
  checkSocket('the API socket', apiSocketOf(stateDir), 'a shorter --state-dir');
  // Room for the number of the last shard.
  checkSocket('the tmux socket', `${config.tmuxSocket}.99`, 'a shorter --tmux-socket');
  return config;
};

/** An explicit maxConcurrent is the nearer word for the queue `default`. */
const queuesOf = (
  named: Readonly<Record<string, { readonly maxConcurrent: number }>>,
  room: number,
  roomIsDefault: boolean,
): readonly QueueRow[] => {
  const { default: written, ...others } = named;
  const queues = {
    default: { maxConcurrent: roomIsDefault ? (written?.maxConcurrent ?? room) : room },
    ...others,
  };
  return Object.entries(queues).map(([name, { maxConcurrent }]) => ({ name, maxConcurrent }));
};

const defaultStateDir = (env: Environment, cwd: string): string => {
  const here = join(cwd, '.tmuxlet');
  if (existsSync(here)) return here;
  const state = env['XDG_STATE_HOME'];
  // The XDG base directory specification has relative paths ignored.
  if (state !== undefined && isAbsolute(state)) return join(state, 'tmuxlet');
  return join(env['HOME'] || homedir(), '.local', 'state', 'tmuxlet');
};

/** Linux takes 107 bytes for the path of a unix socket, and does not say so when it fails with more. */
const checkSocket = (what: string, path: string, remedy: string): void => {
  const bytes = Buffer.byteLength(path);
  if (bytes > 107) throw new UserError(`${what} ${path} has ${bytes} bytes, 107 at most: give ${remedy}`, 2);
};
