import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { flagOf, isFileOnly, SETTING_NAMES, variableOf } from '../../src/config/settings.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, orClearError } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { byteChanges, changedBytes, changedTree, ODD, treeChanges } from './mutations.ts';

const GOOD = {
  stateDir: 's',
  manifests: 'm',
  listen: '127.0.0.1:9469',
  allowRemote: false,
  allowedHosts: ['tmuxlet.example.org'],
  tokenFile: 't',
  readsNeedToken: true,
  server: 'http://127.0.0.1:1',
  tmuxSocket: 'x.sock',
  maxConcurrent: 5,
  queues: { builds: { maxConcurrent: 2 } },
  stateSyncIntervalSeconds: 30,
  shardSize: 10,
  logMaxBytes: 9999,
  alerts: {
    cooldownSeconds: 1,
    reasons: { include: ['Odd'], exclude: ['Even'] },
    email: { to: ['a@b.c'], from: 'd@e.f', host: 'h', user: 'u', passwordFile: 'p' },
    webhooks: [{ name: 'w', url: 'http://x/y' }, { urlFile: 'u' }],
  },
  orphans: { policy: 'Kill', graceSeconds: 5 },
  logLevel: 'warn',
};

const TOKENS = [
  '&a ',
  '*a',
  '<<: 1\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  ': ',
  '- ',
  '---\n',
  '!!binary ',
  '1e999',
  'stateDir: x\n',
];

const content = fc.oneof(
  treeChanges.map((changes) => Buffer.from(JSON.stringify(changedTree(GOOD, changes)) ?? '')),
  treeChanges.map((changes) => Buffer.from(stringify(changedTree(GOOD, changes)))),
  fc
    .tuple(fc.constantFrom(JSON.stringify(GOOD, null, 2), stringify(GOOD)), byteChanges(TOKENS))
    .map(([text, changes]) => changedBytes(text, changes)),
);

export const configFiles: Fuzz = fuzz<Uint8Array>({
  name: 'config-files',
  claim: 'a config file of any content is read, or refused by file, line, column and key',
  share: 4,
  examples: [
    '',
    '\0',
    '&a [*a]',
    'stateDir: *x\n',
    '<<: 1\n',
    '['.repeat(20_000),
    'stateDir: "a\\0b"\n',
    '[1]',
    '5',
  ].map((text) => Buffer.from(text)),
  arbitrary: content,
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'c.yaml');
    return {
      check: (bytes) => {
        writeFileSync(file, bytes);
        const config = orClearError(() => loadConfig({ config: file }, {}, path), null);
        if (typeof config === 'string') {
          // The path of a socket that is too long is told by itself.
          if (!config.includes(file) && !/ has \d+ bytes, 107 at most/.test(config)) {
            throw new Error(`it does not name the file: ${config}`);
          }
          return;
        }
        for (const each of [config.stateDir, config.manifests, config.tmuxSocket]) {
          if (!isAbsolute(each) || each.includes('\0')) throw new Error(`the path ${JSON.stringify(each)}`);
        }
      },
      close: remove,
    };
  },
});

const word = fc.oneof(
  fc.constantFrom(
    ...ODD.filter((value): value is string => typeof value === 'string' && value.length < 1000),
    '5',
    '-5',
    '0x10',
    'true',
    '1e3',
    '127.0.0.1:0',
    '[::]:9',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const NAMES = SETTING_NAMES.filter((name) => !isFileOnly(name));

export const settings: Fuzz = fuzz<Readonly<Record<string, string>>>({
  name: 'flags-and-variables',
  claim: 'a flag or variable of any content is taken, or refused by its name',
  share: 4,
  arbitrary: fc.dictionary(fc.constantFrom(...NAMES), word, { maxKeys: 3 }),
  open: () => ({
    check: (given) => {
      const variables = Object.entries(given).map(([name, text]) => [
        variableOf(name as (typeof NAMES)[number]) ?? '',
        text,
      ]);
      for (const load of [
        () => loadConfig(given, {}, '/w'),
        () => loadConfig({}, Object.fromEntries(variables), '/w'),
      ]) {
        const config = orClearError(load, null);
        if (typeof config !== 'string') continue;
        demandClear(config);
        const names = Object.keys(given).flatMap((name) => {
          const setting = name as (typeof NAMES)[number];
          return [flagOf(setting), variableOf(setting) ?? '-', 'socket'];
        });
        if (!names.some((name) => config.includes(name))) throw new Error(`it names no setting: ${config}`);
      }
    },
  }),
});
