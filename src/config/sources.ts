import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { decodeSmall } from '../adapters/manifests/decode.ts';
import { documentValue } from '../adapters/manifests/document-value.ts';
import { PARSE_OPTIONS } from '../adapters/manifests/parse.ts';
import { offsetOfValue, placeOf, positionOf } from '../adapters/manifests/places.ts';
import { type Problem, printProblems, schemaProblems } from '../adapters/manifests/problems.ts';
import { messageOf, UserError } from '../api/errors.ts';
import { withAbsoluteFiles } from './alerts.ts';
import {
  type FlagTexts,
  flagOf,
  isFileOnly,
  SETTING_NAMES,
  type SettingName,
  Settings,
  variableOf,
} from './settings.ts';

/** One place that settings come from. */
export interface Source {
  readonly settings: Settings;
  /** How people find a setting here: its flag, its variable, its position in the file. */
  readonly where: (name: SettingName) => string;
}

type Texts = Readonly<Record<string, string | undefined>>;

export const fromFlags = (flags: FlagTexts, cwd: string): Source =>
  fromTexts((name) => (isFileOnly(name) ? undefined : flags[name]), flagOf, cwd);

/** A variable that is set but empty counts as not set. */
export const fromEnvironment = (env: Texts, cwd: string): Source =>
  fromTexts(
    (name) => env[variableOf(name) ?? ''] || undefined,
    (name) => variableOf(name) ?? name,
    cwd,
  );

const fromTexts = (textOf: (name: SettingName) => string | undefined, where: Source['where'], cwd: string): Source => {
  const given = SETTING_NAMES.map((name) => [name, textOf(name)] as const).filter(([, text]) => text !== undefined);
  const values: Texts = Object.fromEntries(given);
  const { success, data, error } = Settings.safeParse(values);
  if (success) return { settings: withAbsolutePaths(data, cwd), where };
  const lines = error.issues.map(({ path: [name], message }) => {
    const setting = name as SettingName;
    return `${where(setting)}: ${message}, not "${values[setting]}"`;
  });
  throw new UserError(lines.join('\n'), 2);
};

/** JSON or YAML; relative paths in it are relative to the file. */
export const fromFile = (file: string): Source => {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { ...PARSE_OPTIONS, lineCounter: lines });
  const refuse = (problems: readonly Problem[]): never => {
    throw new UserError(printProblems(file, lines, problems).join('\n'), 2);
  };
  const read = documentValue(document);
  if ('problems' in read) return refuse(read.problems);
  // An empty document is null, and means that nothing is set.
  const { data, error } = Settings.safeParse(read.value ?? {});
  if (error) return refuse(schemaProblems(document, Settings, error));
  return {
    settings: withAbsolutePaths(data, dirname(file)),
    where: (name) => `${file}:${positionOf(lines, offsetOfValue(placeOf(document, [name])))}`,
  };
};

const readText = (file: string): string => {
  try {
    return decodeSmall(readFileSync(file), file);
  } catch (error) {
    throw new UserError(`cannot read the config file: ${messageOf(error)}`, 2);
  }
};

const withAbsolutePaths = (settings: Settings, base: string): Settings => {
  const absolute = { ...settings };
  for (const name of ['stateDir', 'manifests', 'tmuxSocket', 'tokenFile'] as const) {
    if (absolute[name] !== undefined) absolute[name] = resolve(base, absolute[name]);
  }
  if (absolute.alerts) absolute.alerts = withAbsoluteFiles(absolute.alerts, (path) => resolve(base, path));
  return absolute;
};
