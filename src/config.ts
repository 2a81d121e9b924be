import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf, UserError } from './api/errors.ts';
import { Name } from './api/manifest.ts';
import type { QueueRow } from './api/ports/store.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the program can be told. All paths are absolute. */
export interface Config {
  /** Database, sockets, logs, state files. Default: ./.tmuxlet where it exists, else $XDG_STATE_HOME/tmuxlet. */
  readonly stateDir: string;
  /** The manifest directory. Default: manifests in the state directory. */
  readonly manifests: string;
  /** Where metrics, health and the page are served. Default: 127.0.0.1:9469; port 0 is any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Socket of the first tmux server. Default: tmux.sock in the state directory. */
  readonly tmuxSocket: string;
  /** Every queue with its room. The queue `default` is always there; its default is 20. */
  readonly queues: readonly QueueRow[];
  /** How many sessions may be starting at one time. Default: 5. */
  readonly maxConcurrentStarts: number;
  /** Everything is looked at again this often. Default: 300. */
  readonly stateSyncIntervalSeconds: number;
  /** Sessions a tmux server holds at most. Default: 150. */
  readonly shardSize: number;
  /** A window's log is rotated at this size. Default: 10 MiB. */
  readonly logMaxBytes: number;
  /** Rotated files that are kept of each log. Default: 3. */
  readonly logKeep: number;
  /** Default: info. */
  readonly logLevel: LogLevel;
  /** Plan everything, do nothing. */
  readonly dryRun: boolean;
  /** Reconcile until nothing is left to do, then end. */
  readonly once: boolean;
  /** Where each setting came from: a flag, a variable, `file:line:column`, or `default`. */
  readonly sources: Readonly<Record<SettingName, string>>;
}

/** What the command line gave, under the names that commander makes of the flags. */
export type Flags = Partial<Record<Exclude<SettingName, 'queues'>, string>> & {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly once?: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The API's unix socket of a controller with this state directory. */
export const apiSocketOf = (stateDir: string): string => join(stateDir, 'tmuxlet.sock');

const numeric = (value: unknown): unknown => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

const whole = (least: number) => {
  const message = `must be a whole number of at least ${least}`;
  return z.preprocess(numeric, z.int(message).min(least, message));
};
const path = z.string('must be a path').min(1, 'must be a path, not empty');
const listenMessage = 'must be HOST:PORT, such as 127.0.0.1:9469, with a port of 0 (any) to 65535';
const listen = z.string(listenMessage).transform((text, context) => {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) {
    context.addIssue({ code: 'custom', message: listenMessage });
    return z.NEVER;
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
});
const queue = z.strictObject({ maxConcurrent: whole(0) }, 'must be {maxConcurrent: N}');

/** What each setting may be, whoever gives it. */
const Settings = z
  .strictObject({
    stateDir: path,
    manifests: path,
    listen,
    tmuxSocket: path,
    maxConcurrent: whole(0),
    queues: z.record(Name, queue, 'must map names of queues to {maxConcurrent: N}'),
    maxConcurrentStarts: whole(1),
    stateSyncIntervalSeconds: whole(1),
    shardSize: whole(1),
    logMaxBytes: whole(4096),
    logKeep: whole(0),
    logLevel: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
  })
  .partial();

type Settings = z.output<typeof Settings>;
export type SettingName = keyof Settings;

const NAMES = Object.keys(Settings.shape) as SettingName[];

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The variable of each setting; queues are too much for one. */
const variableOf = (name: SettingName): string | null => {
  if (name === 'queues') return null;
  if (name === 'stateSyncIntervalSeconds') return 'STATE_SYNC_INTERVAL_SEC';
  return `TMUXLET_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
};

/** One place that settings come from. */
interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  /** What relative paths are relative to. */
  readonly base: string;
  /** How people find the value: the flag, the variable, the position in the file. */
  readonly where: (path: readonly PropertyKey[]) => string;
}

/**
 * Flags before environment before config file before defaults.
 * @throws UserError (exit code 2) naming the source of a bad value and what would be right
 */
export const loadConfig = (flags: Flags, env: Environment, cwd: string): Config => {
  const sources = [flagSource(flags, cwd), environmentSource(env, cwd)];
  const file = flags.config ?? nonEmpty(env['TMUXLET_CONFIG']);
  if (file !== undefined) sources.push(fileSource(resolve(cwd, file)));
  const parsed = sources.map((source) => ({ source, settings: parse(source) }));

  const origins: Partial<Record<SettingName, string>> = {};
  const get = <K extends SettingName>(name: K, fallback: NonNullable<Settings[K]>): NonNullable<Settings[K]> => {
    const found = parsed.find(({ settings }) => settings[name] !== undefined);
    origins[name] = found?.source.where([name]) ?? 'default';
    return found?.settings[name] ?? fallback;
  };
  const stateDir = get('stateDir', defaultStateDir(env, cwd));
  const settings = {
    stateDir,
    manifests: get('manifests', join(stateDir, 'manifests')),
    listen: get('listen', { host: '127.0.0.1', port: 9469 }),
    tmuxSocket: get('tmuxSocket', join(stateDir, 'tmux.sock')),
    queues: queuesOf(get('maxConcurrent', 20), get('queues', {}), origins.maxConcurrent === 'default'),
    maxConcurrentStarts: get('maxConcurrentStarts', 5),
    stateSyncIntervalSeconds: get('stateSyncIntervalSeconds', 300),
    shardSize: get('shardSize', 150),
    logMaxBytes: get('logMaxBytes', 10 * 1024 * 1024),
    logKeep: get('logKeep', 3),
    logLevel: get('logLevel', 'info'),
    dryRun: flags.dryRun ?? false,
    once: flags.once ?? false,
    // Every name went through `get` above.
    sources: origins as Record<SettingName, string>,
  };
  checkSocket('the API socket', apiSocketOf(stateDir), 'a shorter --state-dir');
  // Room for the number of the last shard.
  checkSocket('the tmux socket', `${settings.tmuxSocket}.99`, 'a shorter --tmux-socket');
  return settings;
};

const flagSource = (flags: Flags, cwd: string): Source => ({
  values: Object.fromEntries(
    NAMES.flatMap((name) => (name !== 'queues' && name in flags ? [[name, flags[name]]] : [])),
  ),
  base: cwd,
  where: ([name]) => flagOf(String(name)),
});

const environmentSource = (env: Environment, cwd: string): Source => ({
  values: Object.fromEntries(
    NAMES.flatMap((name) => {
      const variable = variableOf(name);
      const value = variable === null ? undefined : nonEmpty(env[variable]);
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  base: cwd,
  where: ([name]) => variableOf(name as SettingName) ?? String(name),
});

const fileSource = (file: string): Source => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the config file ${file}: ${messageOf(error)}`, 2);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [problem] = document.errors;
  if (problem !== undefined) throw new UserError(`${at(problem.pos[0])}: ${problem.message}`, 2);
  const values: unknown = document.toJS() ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new UserError(`${file}:1:1: must be a mapping of settings, such as maxConcurrent: 20`, 2);
  }
  return {
    values: values as Record<string, unknown>,
    base: dirname(file),
    where: (path) => {
      const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined;
      return at(node?.range?.[0] ?? 0);
    },
  };
};

const parse = (source: Source): Settings => {
  const result = Settings.safeParse(source.values);
  if (!result.success) throw new UserError(result.error.issues.map((issue) => complain(issue, source)).join('\n'), 2);
  const settings = result.data;
  for (const name of ['stateDir', 'manifests', 'tmuxSocket'] as const) {
    const value = settings[name];
    if (value !== undefined) settings[name] = resolve(source.base, value);
  }
  return settings;
};

const complain = (issue: z.core.$ZodIssue, source: Source): string => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const known = issue.path.length === 0 ? NAMES : ['maxConcurrent'];
        const guess = closest(key, known);
        const hint = distance(key, guess) <= 4 ? `; did you mean "${guess}"?` : `; known are ${known.join(', ')}`;
        return `${source.where([...issue.path, key])}: unknown setting "${key}"${hint}`;
      })
      .join('\n');
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    source.values,
  );
  const setting = issue.path.length > 1 ? `${issue.path.join('.')} ` : '';
  return `${source.where(issue.path)}: ${setting}${issue.message}, not ${JSON.stringify(value)}`;
};

const queuesOf = (
  room: number,
  named: Readonly<Record<string, { maxConcurrent: number }>>,
  isDefault: boolean,
): readonly QueueRow[] => {
  const queues = Object.entries(named).map(([name, { maxConcurrent }]) => ({ name, maxConcurrent }));
  const others = queues.filter(({ name }) => name !== 'default');
  // `--max-concurrent` is the nearer word for the default queue, but for its own default.
  const written = queues.find(({ name }) => name === 'default');
  return [written !== undefined && isDefault ? written : { name: 'default', maxConcurrent: room }, ...others];
};

const defaultStateDir = (env: Environment, cwd: string): string => {
  const here = join(cwd, '.tmuxlet');
  if (existsSync(here)) return here;
  const home = nonEmpty(env['HOME']) ?? homedir();
  const state = nonEmpty(env['XDG_STATE_HOME']);
  // The XDG base directory specification has relative paths ignored.
  return join(state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state'), 'tmuxlet');
};

/** Linux takes 107 bytes for the path of a unix socket, and tells nobody why it fails with more. */
const checkSocket = (what: string, path: string, remedy: string): void => {
  const bytes = Buffer.byteLength(path);
  if (bytes > 107)
    throw new UserError(`the path of ${what} (${path}) has ${bytes} bytes, 107 at most: give ${remedy}`, 2);
};

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
