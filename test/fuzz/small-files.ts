import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { recordBaseEnvironment } from '../../src/adapters/base-environment.ts';
import { ownerId } from '../../src/adapters/identity.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { DeviceMemory } from '../../src/adapters/manifests/device-memory.ts';
import { readSecret } from '../../src/adapters/notifiers/secret-file.ts';
import { readEnvFile } from '../../src/adapters/runs/env-file.ts';
import { layered } from '../../src/adapters/runs/environment.ts';
import { readHeartbeat } from '../../src/adapters/runs/heartbeat-file.ts';
import { readJournal } from '../../src/adapters/runs/read-run.ts';
import { openSignOfLife } from '../../src/adapters/sign-of-life.ts';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import { parseTags } from '../../src/adapters/tmux/tags.ts';
import { openServerRecords } from '../../src/adapters/tmux/server-records.ts';
import { readBreaker } from '../../src/api/breaker.ts';
import { PROGRESS_LENGTH } from '../../src/api/heartbeat.ts';
import { newMemory } from '../../src/api/memory.ts';
import { StoredNow } from '../../src/api/memory-schema.ts';
import { readToken } from '../../src/server/token.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, orClearError, orClearRejection, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { byteChanges, changedBytes, changedTree, treeChanges } from './mutations.ts';

interface FileFuzz {
  readonly name: string;
  readonly claim: string;
  /** Good contents: JSON that is changed as a tree and as text, or text. */
  readonly good: readonly (object | string)[];
  readonly tokens?: readonly string[];
  readonly examples?: readonly (string | Uint8Array)[];
  readonly share?: number;
  /** The file's place below the folder of this input. Default: `file`. */
  readonly at?: string;
  readonly check: (file: string, bytes: Buffer, folder: string) => void | Promise<void>;
}

const JSON_TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  '1e999',
  '-1',
  '\\u0000',
  '\\ud800',
  '"__proto__":1,',
  '0.5',
];

const textOf = (good: object | string): string =>
  typeof good === 'string' ? good : `${JSON.stringify(good, null, 2)}\n`;

/** Any bytes, most of them near to a good file's. */
export const bytesNear = (good: readonly (object | string)[], tokens: readonly string[]): fc.Arbitrary<Uint8Array> => {
  const text = fc.constantFrom(...good);
  const changed = fc.tuple(text, byteChanges(tokens)).map(([each, changes]) => changedBytes(textOf(each), changes));
  const trees = fc
    .tuple(text, treeChanges)
    .map(([each, changes]) =>
      Buffer.from(typeof each === 'string' ? each : `${JSON.stringify(changedTree(each, changes)) ?? ''}\n`),
    );
  return fc.oneof({ weight: 3, arbitrary: changed }, { weight: 3, arbitrary: trees }, fc.uint8Array({ maxLength: 40 }));
};

const ODD_FILES: readonly (string | Uint8Array)[] = [
  '',
  '\0',
  '\ufeff',
  'null',
  '[]',
  '{}',
  '"x"',
  '1',
  '['.repeat(20_000),
];

/** A file of the state directory, or beside it, of which it is read again and again. */
const fileFuzz = ({
  name,
  claim,
  good,
  tokens = JSON_TOKENS,
  examples = [],
  share = 1,
  at = 'file',
  check,
}: FileFuzz): Fuzz =>
  fuzz<Uint8Array>({
    name,
    claim,
    share,
    examples: [...ODD_FILES, ...examples, Buffer.alloc(5 * 1024 * 1024, '{"a":')].map((each) =>
      typeof each === 'string' ? Buffer.from(each) : each,
    ),
    arbitrary: bytesNear(good, tokens),
    open() {
      const { path, remove } = temporaryFolder();
      const file = join(path, at);
      mkdirSync(join(file, '..'), { recursive: true });
      return {
        check: async (bytes) => {
          writeFileSync(file, bytes, { mode: 0o600 });
          await check(file, Buffer.from(bytes), path);
          if (!readFileSync(file).equals(bytes)) throw new Error('the file was changed');
        },
        close: remove,
      };
    },
  });

const demandSafe = (what: string, value: number | null | undefined, least = 0): void => {
  if (value === null || value === undefined) return;
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`${what} is ${value}`);
};

const STATE = { version: 1, uid: 'u', name: 'web', attempt: 3, shard: 0, sessionName: 'web', memory: newMemory };

export const stateFiles: Fuzz = fileFuzz({
  name: 'state-files',
  claim: 'a state file is read whole, or is Unknown with its path and what is wrong',
  share: 4,
  good: [STATE, { ...STATE, shard: null, sessionName: null }],
  at: 'state/web.json',
  check: async (file, _, folder) => {
    const files = openStateFiles(join(folder, 'state'), join(folder, 'archive'));
    const seen = await files.read('web');
    if (seen.seen === 'Absent') throw new Error('a file that is there is Absent');
    if (seen.seen === 'Present') {
      const next = parseTags('owner', ['u', 'web', String(seen.value.attempt + 1), 'v1-0']);
      if (next === null) throw new Error(`no session could carry the attempt after ${seen.value.attempt}`);
      same(seen.value.name, 'web', 'another name');
      JSON.stringify(seen.value);
    } else {
      demandClear(seen.reason);
      if (!seen.reason.includes(file)) throw new Error(`it does not name the file: ${seen.reason}`);
    }
    const listing = await files.list();
    same(listing.seen === 'Present' ? listing.value.map(({ name }) => name) : [], ['web'], 'the listing');
  },
});

export const heartbeatFiles: Fuzz = fileFuzz({
  name: 'heartbeat-files',
  claim: 'a heartbeat file of any content is a beat, and tells no more than it can',
  share: 4,
  good: [{ sequence: 4, time: '2026-01-01T00:00:00Z', progress: '3 of 7' }, { sequence: 0 }],
  check: async (file) => {
    const beat = await readHeartbeat(file);
    if (beat === null) throw new Error('a file that is there is no beat');
    demandSafe('the sequence', beat.sequence);
    if (beat.progress === null) return;
    if (beat.progress.length > PROGRESS_LENGTH) throw new Error('the progress is longer than can be shown');
    if (/\p{Cc}/u.test(beat.progress)) throw new Error(`a control character in ${JSON.stringify(beat.progress)}`);
  },
});

const JOURNAL = 'wrapper 4001 123456 8f4c7e0a-boot\nstart 4002 123457\nsignal TERM\nexit 143\n';

export const journals: Fuzz = fileFuzz({
  name: 'journals',
  claim: 'a journal of a run tells only pids, times and exit codes that can be',
  share: 8,
  good: [JOURNAL, 'wrapper 1 2 boot\n'],
  tokens: [
    'exit ',
    'exit 1e99\n',
    'exit -1\n',
    'exit 256\n',
    'exit 0x10\n',
    'exit \n',
    'start -1 2\n',
    'wrapper 0 0 b\n',
    ' ',
    '-',
    '.5',
  ],
  examples: ['exit 1e300\n', 'exit\n', 'exit  \n', 'wrapper 1e3 0x10 b\n', 'start 99999999999999999999 1\n'],
  check: async (file) => {
    const { wrapper, command, exitCode } = await readJournal(file);
    for (const each of [wrapper, command]) {
      demandSafe('a pid', each?.pid, 1);
      demandSafe('a start time', each?.startTicks);
    }
    demandSafe('the exit code', exitCode);
    if (exitCode !== null && exitCode > 255) throw new Error(`the exit code is ${exitCode}`);
  },
});

const HOLDER = { name: 'web', pid: 1, startTicks: 1, host: 'h', bootId: 'b', purpose: 'start', since: 1, token: 1 };

export const holderFiles: Fuzz = fileFuzz({
  name: 'lock-holders',
  claim: 'whatever the file of a holder says, a lock that is free is free, and can be taken',
  share: 1,
  good: [HOLDER],
  at: 'locks/web.holder.json',
  check: (file, bytes, folder) => {
    const locks = openLocks(join(folder, 'locks'), new ManualClock());
    if (locks.holderOf('web')?.held) throw new Error('a file alone holds the lock');
    if (locks.list().some(({ held }) => held)) throw new Error('a file alone holds the lock');
    const lock = locks.tryAcquire('web', 'a test');
    if (lock === null) throw new Error('the lock cannot be taken');
    lock.release();
    writeFileSync(file, bytes);
  },
});

export const lockFiles: Fuzz = fileFuzz({
  name: 'lock-files',
  claim: 'a lock file that is none is refused by its name, and is no lock of somebody',
  share: 0.2,
  good: ['SQLite format 3\0', 'not a lock'],
  at: 'locks/web.lock',
  examples: [Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4080, 7)])],
  check: (file, bytes, folder) => {
    const holder = join(folder, 'locks', 'web.holder.json');
    const clock = new ManualClock();
    writeFileSync(holder, JSON.stringify({ ...HOLDER, host: 'elsewhere' }));
    const locks = openLocks(join(folder, 'locks'), clock);
    orClearError(() => locks.list(), file);
    orClearError(() => locks.tryAcquire('web', 'a test')?.release(), file);
    rmSync(`${file}-journal`, { force: true });
    writeFileSync(file, bytes);
  },
});

export const envFiles: Fuzz = fileFuzz({
  name: 'env-files',
  claim: 'an env file gives variables that a process can have, or is refused by its path and the name',
  share: 2,
  good: ['A=1\nexport B="x y"\n# c\nC=\'a\nb\'\n', 'A=1'],
  tokens: ['=', 'export ', '__proto__=1\n', 'constructor=1\n', '"', "'", '`', '$A', '${A}', '#', '\\n', ' = '],
  examples: ['__proto__=1\n', 'A=\0\n', 'A B=1\n', '1=2\n', '=x\n', `A=${'x'.repeat(200_000)}\n`],
  check: async (file) => {
    const found = await orClearRejection(readEnvFile(file), file);
    if (typeof found === 'string') return;
    for (const [name, value] of Object.entries(found)) {
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`${name}=${value}`);
    }
    const layers = orClearError(() => layered(found, { Z: '1' }), null);
    if (typeof layers !== 'string')
      same(
        Object.keys(found).every((name) => name in layers),
        true,
        'a variable is lost',
      );
  },
});

export const baseEnvironments: Fuzz = fileFuzz({
  name: 'base-environments',
  claim: 'the file of the base environment is read whole, or refused by path, line and variable',
  share: 2,
  good: [{ PATH: '/usr/bin', LANG: 'C.UTF-8', HOME: '/root' }],
  at: 'base-env.json',
  examples: [
    '&a [*a]',
    '<<: 1\n',
    '*x',
    '{"PATH": 5}',
    '{"a b": "c"}',
    '{"PATH":"a","PATH":"b"}',
    '{"A\\u001b[2J": "x"}',
  ],
  check: (file, _, folder) => {
    const found = orClearError(() => recordBaseEnvironment(folder, { PATH: '/bin' }), file);
    if (typeof found !== 'string')
      same(
        Object.values(found).every((value) => typeof value === 'string'),
        true,
        'values',
      );
    else if (!found.startsWith(`${file}:`)) throw new Error(`it does not say where: ${found}`);
  },
});

const RECORD = { socket: '/s', bootId: 'b', server: { pid: 1, startTicks: 2 }, client: null };

export const serverRecords: Fuzz = fileFuzz({
  name: 'server-records',
  claim: 'records of tmux servers are read whole, or are none, which is told with the path',
  good: [{ version: 1, shards: { 0: RECORD, 1: { ...RECORD, client: { pid: 3, startTicks: 4 } } } }],
  at: 'shards.json',
  check: async (file, _, folder) => {
    const notes: unknown[] = [];
    const records = await openServerRecords(folder, (_level, _message, fields) => notes.push(fields));
    for (const shard of records.shards()) {
      demandSafe('a shard', shard);
      demandSafe('a pid', records.get(shard)?.server.pid, 1);
    }
    for (const note of notes) if (!JSON.stringify(note).includes(file)) throw new Error('the note names no file');
  },
});

export const signsOfLife: Fuzz = fileFuzz({
  name: 'signs-of-life',
  claim: 'a sign of life that cannot be read is none',
  good: [{ at: 1, upMs: 2, downMs: 3 }],
  check: (file) => {
    const read = openSignOfLife(file).read();
    if (read !== null) same(Object.values(read.since).every(Number.isFinite), true, 'the numbers');
  },
});

export const deviceMemories: Fuzz = fileFuzz({
  name: 'device-memories',
  claim: 'a memory of the device of the manifests that cannot be read is none',
  good: [{ directory: '/m', device: '7' }],
  check: (file) => {
    const { last } = new DeviceMemory('/m', file);
    if (last !== null && typeof last !== 'string') throw new Error('no device');
  },
});

export const owners: Fuzz = fileFuzz({
  name: 'owner-files',
  claim: 'an owner file holds an owner id or is refused by its path, and is never made anew',
  good: ['11111111-1111-4111-8111-111111111111\n'],
  tokens: ['-', '\n', 'g'],
  at: 'owner',
  check: (file, _, folder) => {
    const found = orClearError(() => ownerId(folder), null);
    if (!/^[0-9a-f-]{36}$/i.test(found) && !found.includes(file))
      throw new Error(`it does not name the file: ${found}`);
  },
});

export const secrets: Fuzz = fileFuzz({
  name: 'secret-files',
  claim: 'a file of a token or password is read or refused by its path, and what is in it is never told',
  good: [`${'a1B2'.repeat(10)}\n`],
  tokens: ['\n', ' ', '\u00e9', '='],
  check: (file, bytes) => {
    const content = bytes.toString('utf8').trim();
    for (const read of [() => readToken(file), () => readSecret('the password file', file)]) {
      const found = orClearError(read, null);
      if (found === content) continue;
      if (!found.includes(file)) throw new Error(`it does not name the file: ${found}`);
      if (content.length > 3 && found.includes(content)) throw new Error('it tells the secret');
    }
  },
});

const NOW = { wallMs: 1, monotonicMs: 2, bootId: 'b' };
const BREAKER = { state: 'Open', since: NOW, probe: { uid: 'u', since: NOW }, tries: 2 };

export const breakers: Fuzz = fuzz<Uint8Array>({
  name: 'breaker-setting',
  claim: 'a stored breaker that cannot be read is a closed one',
  share: 4,
  arbitrary: bytesNear([BREAKER], JSON_TOKENS),
  open: () => ({
    check: (bytes) => {
      const { state, since, tries } = readBreaker(Buffer.from(bytes).toString('utf8'));
      same(['Open', 'Closed'].includes(state), true, 'the state');
      StoredNow.parse(since);
      if (!Number.isFinite(tries)) throw new Error(`${tries} tries`);
    },
  }),
});
