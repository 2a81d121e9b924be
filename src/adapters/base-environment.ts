import { mkdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { LineCounter, isNode, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../api/errors.ts';
import { orAbsentSync } from './absent-file.ts';
import { decodeSmall } from './manifests/decode.ts';
import { documentValue } from './manifests/document-value.ts';
import { PARSE_OPTIONS } from './manifests/parse.ts';

/** What of the first starter's environment every command gets; the rest belongs to his terminal and log-in. */
const KEPT = [
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR)$/,
  /^LC_[A-Z]+$/,
  /^XDG_([A-Z]+_(HOME|DIRS)|RUNTIME_DIR)$/,
  /^(https?|ftp|all|no)_proxy$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/,
];

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

const BaseEnvironment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of an environment variable'),
  z.string('must be a string'),
);

/**
 * The environment every command starts from, whoever starts the controller or the tmux server: recorded in
 * the state directory (`base-env.json`) the first time, from `env`, and read from there ever after. People
 * may edit the file; a UserError names the line where it is wrong.
 */
export const recordBaseEnvironment = (
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => {
  const file = fileIn(stateDir);
  const before = recordedEnvironment(file);
  if (before !== null) return before;
  const recorded = baseEnvironmentOf(env);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileAtomic.sync(file, `${JSON.stringify(recorded, null, 2)}\n`, { mode: 0o600 });
  return recorded;
};

/** The same, and nothing is recorded: what was recorded before, or would be now. */
export const wouldBeBaseEnvironment = (
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => recordedEnvironment(fileIn(stateDir)) ?? baseEnvironmentOf(env);

const fileIn = (stateDir: string): string => join(stateDir, 'base-env.json');

const recordedEnvironment = (file: string): Readonly<Record<string, string>> | null => {
  const bytes = orAbsentSync(() => readFileSync(file), null);
  return bytes === null ? null : parse(file, decodeSmall(bytes, file));
};

/** The part of an environment that does not depend on who happened to start us. */
export const baseEnvironmentOf = (env: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && KEPT.some((pattern) => pattern.test(entry[0])),
  );
  return Object.fromEntries([['PATH', pathOf(env.PATH ?? '')], ...kept]);
};

/** npm puts directories below node_modules in front of PATH for as long as its script runs. */
const pathOf = (path: string): string => {
  const directories = path.split(':').filter((each) => isAbsolute(each) && !each.includes('/node_modules/'));
  return [...new Set(directories)].join(':') || DEFAULT_PATH;
};

const parse = (file: string, text: string): Record<string, string> => {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...PARSE_OPTIONS, lineCounter: lines });
  const fail = (offset: number, what: string): never => {
    throw new UserError(`${file}:${lines.linePos(offset).line}: ${what}`);
  };
  const read = documentValue(document);
  if ('problems' in read) {
    const [{ offset, field, message } = { offset: 0, field: '', message: '' }] = read.problems;
    return fail(offset, field === '' ? message : `${field}: ${message}`);
  }
  const { data, error } = BaseEnvironment.safeParse(read.value);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const [name] = issue?.path ?? [];
  const node = name === undefined ? document.contents : document.get(name, true);
  const offset = (isNode(node) ? node.range?.[0] : undefined) ?? 0;
  const what = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  return fail(offset, name === undefined ? 'must be an object of variables' : `${String(name)}: ${what}`);
};
