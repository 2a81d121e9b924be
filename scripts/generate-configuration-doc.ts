/** Writes the tables of all settings into docs/configuration.md (`npm run configuration-doc`). */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { z } from 'zod';
import { processIo } from '../src/cli/io.ts';
import { createProgram } from '../src/cli/program.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { flagOf, SETTING_NAMES, type SettingName, Settings, variableOf } from '../src/config/settings.ts';

export const CONFIGURATION_FILE = new URL('../docs/configuration.md', import.meta.url);

/** What a JSON schema of zod's says of one value. `since` comes from `.meta({ since })`. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly since?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
}

const FIRST_VERSION = '0.1.0';

const schema = z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' }) as Schema;

/** The document with the tables between its markers as the code now has them. */
export const withTables = async (document: string): Promise<string> => {
  const tables = { settings: await settingsTable(), sections: sectionsTable() };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- ${name}: made by npm run configuration-doc -->`, `<!-- end of the ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document lacks the lines ${begin} and ${end}, in this order`);
    return `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
  }, document);
};

const settingsTable = async (): Promise<string> => {
  const program = await createProgram(processIo({}), [], () => {});
  const options = [program, ...program.commands.filter((command) => command.name() === 'run')].flatMap(
    (command: Command) => command.options,
  );
  // A home that stands for anybody's, and no folder that has a .tmuxlet.
  const defaults = loadConfig({}, { HOME: '~' }, '/');
  return table(
    ['config file', 'flag of `run`', 'variable', 'type', 'unit', 'default', 'since', 'meaning'],
    SETTING_NAMES.map((name) => {
      const about = schema.properties?.[name] ?? {};
      const option = options.find(({ long }) => long === flagOf(name));
      return [
        code(name),
        option === undefined ? '' : code(option.long ?? ''),
        code(variableOf(name) ?? ''),
        typeOf(about),
        unitOf(name),
        code(defaultOf(name, defaults)),
        about.since ?? FIRST_VERSION,
        meaningOf(option),
      ];
    }),
  );
};

const sectionsTable = (): string =>
  table(
    ['key', 'type', 'unit', 'default', 'since', 'meaning'],
    SETTING_NAMES.flatMap((name) => leaves(name, schema.properties?.[name] ?? {}))
      .filter(([path]) => /[.[]/.test(path))
      .map(([path, about]) => {
        if (about.description === undefined)
          throw new Error(`${path} has no description: give it one with .describe()`);
        const value = about.default === undefined ? '' : code(textOf(about.default));
        return [code(path), typeOf(about), unitOf(path), value, about.since ?? FIRST_VERSION, about.description];
      }),
  );

/** Every value below a section that is no section itself, with its path. */
const leaves = (path: string, about: Schema): readonly (readonly [string, Schema])[] => {
  if (about.properties)
    return Object.entries(about.properties).flatMap(([key, each]) => leaves(`${path}.${key}`, each));
  if (about.additionalProperties) return leaves(`${path}.NAME`, about.additionalProperties);
  if (about.items?.properties) return leaves(`${path}[]`, about.items);
  return [[path, about]];
};

const meaningOf = (option: Option | undefined): string => {
  if (option === undefined) return 'a section, see [below](#in-sections-of-the-config-file)';
  return option.description.replace(/ \(default: [^)]*\)$/, '');
};

const defaultOf = (name: SettingName, defaults: Config): string => {
  if (name === 'stateDir') return './.tmuxlet or ~/.local/state/tmuxlet';
  if (name === 'manifests' || name === 'tmuxSocket') return defaults[name].replace(defaults.stateDir, 'STATE_DIR');
  if (name === 'listen') return `${defaults.listen.host}:${defaults.listen.port}`;
  if (name === 'queues')
    return textOf(Object.fromEntries(defaults.queues.map(({ name: queue, ...room }) => [queue, room])));
  if (name === 'maxConcurrent') return textOf(defaults.queues.find((queue) => queue.name === 'default')?.maxConcurrent);
  return ['alerts', 'orphans'].includes(name) ? '' : textOf(defaults[name]);
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const typeOf = (about: Schema): string => {
  if (about.enum) return about.enum.map(code).join(', ');
  if (about.items) return `list of ${typeOf(about.items)}s`;
  if (about.properties ?? about.additionalProperties) return 'section';
  if (about.format === 'uri') return 'URL';
  const types = [about.type ?? []].flat();
  if (types.includes('boolean')) return '`true`, `false`';
  if (!types.includes('integer') && !types.includes('number')) return 'text';
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = about;
  const range = maximum < Number.MAX_SAFE_INTEGER ? `${minimum} to ${maximum}` : `${minimum} or more`;
  return `${types.includes('integer') ? 'whole number' : 'number'}, ${range}`;
};

const unitOf = (name: string): string =>
  /(Seconds|Bytes|PerHour)$/.exec(name)?.[1]?.replace('PerHour', 'per hour').toLowerCase() ?? '';

const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

if (import.meta.main) writeFileSync(CONFIGURATION_FILE, await withTables(readFileSync(CONFIGURATION_FILE, 'utf8')));
