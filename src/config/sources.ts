import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf, UserError } from '../api/errors.ts';
import { flagOf, QueueSettings, SETTING_NAMES, type SettingName, Settings, variableOf } from './settings.ts';

/** One place that settings come from. */
export interface Source {
  readonly settings: Settings;
  /** How people find a value: the flag, the variable, the position in the file. */
  readonly where: (path: readonly PropertyKey[]) => string;
}

interface RawSource extends Pick<Source, 'where'> {
  readonly values: Readonly<Record<string, unknown>>;
  /** What relative paths are relative to. */
  readonly base: string;
}

export const fromFlags = (flags: Readonly<Record<string, unknown>>, cwd: string): Source =>
  parse({
    values: pick((name) => (name === 'queues' ? undefined : flags[name])),
    base: cwd,
    where: ([name]) => flagOf(name as SettingName),
  });

/** A variable that is set but empty counts as not set. */
export const fromEnvironment = (env: Readonly<Record<string, string | undefined>>, cwd: string): Source =>
  parse({
    values: pick((name) => env[variableOf(name) ?? ''] || undefined),
    base: cwd,
    where: ([name]) => variableOf(name as SettingName) ?? String(name),
  });

/** JSON or YAML; relative paths in it are relative to the file. */
export const fromFile = (file: string): Source => {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [problem] = document.errors;
  if (problem !== undefined) throw new UserError(`${at(problem.pos[0])}: ${problem.message}`, 2);
  const values: unknown = document.toJS() ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new UserError(`${at(0)}: must be a mapping of settings, such as maxConcurrent: 20`, 2);
  }
  return parse({
    values: values as Record<string, unknown>,
    base: dirname(file),
    where: (path) => {
      const node = document.getIn(path, true) as { range?: readonly [number, number, number] | null } | undefined;
      return at(node?.range?.[0] ?? 0);
    },
  });
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the config file ${file}: ${messageOf(error)}`, 2);
  }
};

const pick = (valueOf: (name: SettingName) => unknown): Record<string, unknown> =>
  Object.fromEntries(SETTING_NAMES.map((name) => [name, valueOf(name)]).filter(([, value]) => value !== undefined));

const parse = ({ values, base, where }: RawSource): Source => {
  const result = Settings.safeParse(values);
  if (!result.success) {
    throw new UserError(result.error.issues.map((issue) => complain(issue, values, where)).join('\n'), 2);
  }
  const settings = result.data;
  for (const name of ['stateDir', 'manifests', 'tmuxSocket'] as const) {
    if (settings[name] !== undefined) settings[name] = resolve(base, settings[name]);
  }
  return { settings, where };
};

const complain = (issue: z.core.$ZodIssue, values: unknown, where: Source['where']): string => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? SETTING_NAMES : Object.keys(QueueSettings.shape);
    return issue.keys.map((key) => `${where([...issue.path, key])}: ${suggest(key, known)}`).join('\n');
  }
  const value = issue.path.reduce((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], values);
  const setting = issue.path.length > 1 ? `${issue.path.join('.')} ` : '';
  return `${where(issue.path)}: ${setting}${issue.message}, not ${JSON.stringify(value)}`;
};

const suggest = (key: string, known: readonly string[]): string => {
  const guess = closest(key, known);
  return distance(key, guess) <= 4
    ? `unknown setting "${key}"; did you mean "${guess}"?`
    : `unknown setting "${key}"; known are ${known.join(', ')}`;
};
