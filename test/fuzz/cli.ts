import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { manifestText } from '../helpers/manifests.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';

/** All but those that stay (`run`), install something, or write to this process's own output (`complete`). */
const VERBS = [
  'create|apply|delete|suspend|unsuspend|validate|get|describe|logs|events|plan|wait|restart|reset|lock|confirm-deletions'.split(
    '|',
  ),
  [
    'sync',
    'alert',
    'backup',
    'restore',
    'debug',
    'heartbeat',
    'version',
    'complete',
    'help',
    'completion',
    'gte',
    'Get',
    '',
  ],
].flat();

const FLAGS: readonly string[] = [
  '-o json|-o yaml|-o wide|-o x|-o|--output=|-l a=b|-l|--selector ,|-f m.json|-f -|-f nowhere|-f .|--filename|--dry-run'.split(
    '|',
  ),
  '--force|--all|--yes|--timeout 0|--timeout 1ms|--timeout x|--timeout -1|--for phase=Running|--for x|--tail 5|--tail -1'.split(
    '|',
  ),
  '--config c.yaml|--config nowhere|--state-dir nowhere|--state-dir|--state-dir=|--server http://127.0.0.1:1|--server x'.split(
    '|',
  ),
  '--since 5m|--since x|--limit 1|--limit x|--window main|--window x|--path /tmp|--path|--command true|--name x|--help'.split(
    '|',
  ),
  '--|-- true|--no-such|-x|--__proto__|--constructor=1|-|--purpose x|--type Warning|--listen x|--tmux-socket s'.split(
    '|',
  ),
].flat();

const WORDS = [
  'web|db|nobody|projects|project/web|events|queues|locks|sessions|project|project/|/|web/main|..|../..|./m.json|-1|0|*'.split(
    '|',
  ),
  [
    '',
    ' ',
    '\0',
    '\u001b[2J',
    'é',
    '\ud800',
    '__proto__',
    'constructor',
    'a'.repeat(64),
    'b'.repeat(5000),
    '$(true)',
    'test',
  ],
].flat();

const argument = fc.oneof(
  fc.constantFrom(...FLAGS).map((flag) => flag.split(' ')),
  fc.constantFrom(...WORDS).map((word) => [word]),
  fc.string({ unit: 'binary', maxLength: 8 }).map((word) => [word]),
);

interface Call {
  readonly argv: readonly string[];
  readonly stdin: string;
}

export const commandLines: Fuzz = fuzz<Call>({
  name: 'command-lines',
  claim: 'any words on the command line end in an exit code of the documented ones, and no error without words',
  share: 1,
  most: 10_000,
  withinMs: 10_000,
  arbitrary: fc.record({
    argv: fc
      .tuple(fc.constantFrom(...VERBS), fc.array(argument, { maxLength: 4 }))
      .map(([verb, rest]) => [verb, ...rest.flat()])
      // What follows is a person's own command, run in this one's place.
      .filter((argv) => argv[0] !== 'lock' || !argv.includes('--')),
    stdin: fc.constantFrom('', '{}', manifestText('web'), '\0', 'a: [', '&a [*a]'),
  }),
  open() {
    const { path: outer, remove } = temporaryFolder();
    // So deep that no `..` leads out of it.
    const path = join(outer, 'a', 'b', 'c', 'd');
    const stateDir = join(path, '.tmuxlet');
    mkdirSync(join(stateDir, 'manifests'), { recursive: true, mode: 0o700 });
    writeFileSync(join(path, 'm.json'), manifestText('web'));
    writeFileSync(join(path, 'c.yaml'), '{}\n');
    writeFileSync(join(stateDir, 'manifests', 'web.json'), manifestText('web'));
    const store = openStore(join(stateDir, 'tmuxlet.db'), { now: Date.now });
    addProject(store, manifestOf('web'));
    store.close();
    return {
      check: async ({ argv, stdin }) => {
        const signal = AbortSignal.timeout(1000);
        const env = { HOME: path, PATH: process.env['PATH'] ?? '' };
        const { code, err } = await cli(argv, { cwd: path, env, stdin, signal });
        if (![0, 1, 2, 75, 124, 127].includes(code)) throw new Error(`it ended with ${code}: ${err}`);
        if (code !== 0) demandClear(err);
      },
      close: remove,
    };
  },
});
