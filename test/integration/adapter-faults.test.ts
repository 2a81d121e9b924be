import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { ownerId } from '../../src/adapters/identity.ts';
import { openKeepsakes } from '../../src/adapters/keepsakes.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { checkGit } from '../../src/adapters/preflight/git.ts';
import { readEnviron, realUserOf } from '../../src/adapters/processes/marker.ts';
import { signalAll } from '../../src/adapters/processes/signal-tree.ts';
import { identify, isAlive } from '../../src/adapters/processes/stat.ts';
import { usageIn } from '../../src/adapters/processes/usage.ts';
import { wrapperOf } from '../../src/adapters/processes/wrapper-process.ts';
import { runPaths } from '../../src/adapters/runs/paths.ts';
import { watchFifo } from '../../src/adapters/runs/watch-fifo.ts';
import { openRunWatches } from '../../src/adapters/runs/watch-runs.ts';
import { openSignOfLife } from '../../src/adapters/sign-of-life.ts';
import { endClient } from '../../src/adapters/tmux/control-session.ts';
import type { ProcessTable } from '../../src/api/ports/processes.ts';
import { systemError, whileFailing } from '../helpers/failing-fs.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const { pid } = process;
const me = { pid, startTicks: identify(pid)?.startTicks ?? 0 };
const table = { of: () => [me], cpuMs: () => 0 } as unknown as ProcessTable;
const newFolder = (name: string): string => {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
};
const hasCode = (code: string) => (error: unknown) => (error as NodeJS.ErrnoException).code === code;

const test = suite('faults under the adapters');

test.after(folder.remove);

/** Each reader of /proc, and what it says of a process that is gone, or not for us to look into. */
const READERS: Readonly<
  Record<string, { by?: 'openSync'; file: string; read: () => unknown; gone: unknown; forbidden?: unknown }>
> = {
  'whether a process lives': { by: 'openSync', file: 'stat', read: () => isAlive(me), gone: false },
  'the environment of a process': { file: 'environ', read: () => readEnviron(pid), gone: null, forbidden: null },
  'whose a process is': { file: 'status', read: () => realUserOf(pid), gone: null },
  'the memory of a process': { file: 'status', read: () => usageIn(table, 'uid').memoryBytes, gone: 0, forbidden: 0 },
  'whether a wrapper is above a process': { file: 'cmdline', read: () => wrapperOf(pid), gone: null, forbidden: null },
};

for (const [what, { by = 'readFileSync', file, read, ...answers }] of Object.entries(READERS)) {
  const failing = (code: string): unknown =>
    whileFailing(by, code, (path) => path.startsWith('/proc/') && path.endsWith(`/${file}`), read);

  test(`${what} is answered when it went away while it was read`, () => {
    for (const code of ['ENOENT', 'ESRCH']) assert.is(failing(code), answers.gone);
  });

  test(`${what} is no answer when the machine has no file descriptors left: nobody is taken for dead (I3)`, () => {
    assert.throws(() => failing('EMFILE'), hasCode('EMFILE'));
  });

  if ('forbidden' in answers) {
    test(`${what} is answered when it belongs to somebody else`, () => {
      for (const code of ['EACCES', 'EPERM']) assert.is(failing(code), answers.forbidden);
    });
  }
}

test('a process whose memory goes away while its environment is read has none', () => {
  assert.is(
    whileFailing(
      'readFileSync',
      'EIO',
      (path) => path.endsWith('/environ'),
      () => readEnviron(pid),
    ),
    null,
  );
});

/** Lets the kernel refuse a signal, while `act` runs. */
const whileRefusing = async <T>(code: string, act: () => Promise<T>): Promise<T> => {
  const { kill } = process;
  process.kill = () => {
    throw systemError(code);
  };
  try {
    return await act();
  } finally {
    process.kill = kill;
  }
};

test('a process that went, or became another user’s, when its signal came is not counted as signalled', async () => {
  for (const code of ['ESRCH', 'EPERM']) {
    const signalled = await whileRefusing(code, () => signalAll(() => Promise.resolve([me]), 'SIGKILL'));
    assert.is(signalled, 0);
  }
});

test('a signal that the kernel refuses for another reason is an error', async () => {
  try {
    await whileRefusing('EINVAL', () => signalAll(() => Promise.resolve([me]), 'SIGKILL'));
    assert.unreachable();
  } catch (error) {
    assert.ok(hasCode('EINVAL')(error));
  }
});

test('a client of tmux that is gone already is ended, and one that cannot be looked at is an error', () => {
  const isComm = (path: string): boolean => path.endsWith('/comm');
  whileFailing('readFileSync', 'ESRCH', isComm, () => endClient(pid));
  assert.throws(() => whileFailing('readFileSync', 'EMFILE', isComm, () => endClient(pid)), hasCode('EMFILE'));
});

test('an owner id that cannot be put in its place leaves no half of it behind', () => {
  const state = newFolder('owner');
  const create = () =>
    whileFailing(
      'linkSync',
      'EACCES',
      () => true,
      () => ownerId(state),
    );
  assert.throws(create, hasCode('EACCES'));
  assert.equal(readdirSync(state), []);
});

test('a copy of a session that finds no place is an error, and none that was made before is touched', async () => {
  const backups = newFolder('backups');
  writeFileSync(join(backups, 'web'), 'not a folder');
  const keepsakes = openKeepsakes(newFolder('archive'), backups, {
    limits: { days: 1, maxBytes: 0 },
    clock: systemClock(),
    note: () => {},
  });
  try {
    await keepsakes.keepSession('web', { 'screen.txt': 'text' });
    assert.unreachable();
  } catch (error) {
    assert.ok(hasCode('ENOTDIR')(error));
  }
});

test('a disk that takes no sign of life keeps nobody from work', () => {
  const sign = openSignOfLife(join(folder.path, 'missing', 'alive'));
  sign.write({ at: 1, upMs: 1, downMs: 1 });
  sign.touch();
  assert.is(sign.read(), null);
});

test('a lock whose holder cannot be written down is given back at once', () => {
  const locks = openLocks(newFolder('locks'), systemClock());
  const take = () => locks.tryAcquire('thing', 'start');
  assert.throws(() => whileFailing('openSync', 'ENOSPC', (path) => path.includes('holder'), take), hasCode('ENOSPC'));
  const lock = take();
  assert.ok(lock, 'it is free');
  lock?.release();
});

test('a lock whose directory is gone is an error, and nobody’s', () => {
  const locks = openLocks(newFolder('gone'), systemClock());
  const take = () => locks.tryAcquire('thing', 'start');
  folder.remove();
  mkdirSync(folder.path);
  assert.throws(take, /directory does not exist|unable to open/);
});

test('what is no FIFO is not watched, and neither is what is not there', () => {
  const file = join(folder.path, 'plain');
  writeFileSync(file, '');
  for (const path of [file, `${file}-absent`]) {
    assert.is(
      watchFifo(
        path,
        () => true,
        () => assert.unreachable(),
      ),
      null,
    );
  }
  assert.ok(existsSync(file));
});

/** How often this process has a file open. */
const timesOpen = (file: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      // The one that the folder is read by.
      return false;
    }
  }).length;

const newRun = (name: string) => {
  const stateDir = newFolder(name);
  const paths = runPaths(stateDir);
  const key = { uid: 'u', attempt: 1, window: 'main', run: 1 };
  const files = paths.run(key);
  mkdirSync(files.directory, { recursive: true });
  execFileSync('mkfifo', [files.alive]);
  return { paths, key, files };
};

test('a FIFO that cannot be watched is left closed, whatever it was that failed', () => {
  const { paths, key, files } = newRun('unwatched');
  const watches = openRunWatches(paths, { isAlive: () => false });
  const watch = (): void => watches.watch(key, () => assert.unreachable());
  const isJournal = (path: string): boolean => path === files.journal;
  assert.throws(() => whileFailing('readFileSync', 'EMFILE', isJournal, watch), hasCode('EMFILE'));
  assert.throws(() => whileFailing('readSync', 'EIO', () => true, watch), hasCode('EIO'));
  assert.is(timesOpen(files.alive), 0);
});

test('an end that cannot be confirmed is told all the same: whoever looks next sees what it was', async () => {
  const { paths, key, files } = newRun('unconfirmed');
  writeFileSync(files.journal, `wrapper ${pid} ${me.startTicks} boot\n`);
  const isAlive = () => {
    throw systemError('EMFILE');
  };
  await new Promise<void>((ended) => openRunWatches(paths, { isAlive }).watch(key, ended));
});

test('worktrees that git cannot list are no hindrance, and are told', async () => {
  const well = { how: 'Exited', code: 0, output: 'true', stdout: 'true' } as const;
  const failures = [
    { how: 'Exited', code: 128, output: 'fatal', stdout: '' },
    { how: 'TimedOut', output: '', stdout: '' },
  ] as const;
  for (const failure of failures) {
    const results = await checkGit('Required', '/p', async (verb) => (verb === 'worktree' ? failure : well));
    assert.equal(
      results.map(({ result, message }) => [result, message]),
      [
        ['Pass', '/p is a git work tree'],
        ['Warn', 'git worktree list failed in /p'],
      ],
    );
  }
});

test.run();
