import { readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkDatabase as examineDatabase, newestEventAt } from '../../src/adapters/preflight/database.ts';
import { messageOf } from '../../src/api/errors.ts';
import { type StoreReader, Unreadable } from '../../src/api/ports/store.ts';
import { breakerIn } from '../../src/controllers/fleet.ts';
import { createViews } from '../../src/server/views/views.ts';
import { topView } from '../../src/server/views/top.ts';
import { checkDatabase } from '../../src/store/backup.ts';
import { openStore, readStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, orClearError, same } from './clear.ts';
import {
  type Damage,
  damage,
  damagedFile,
  OTHERS,
  tampered,
  type Tampering,
  tampering,
  template,
} from './database-images.ts';
import { type Fuzz, fuzz } from './fuzz.ts';

const EVENT = { type: 'Warning', reason: 'Odd', message: 'm', object: 'Project/web' } as const;

/** Each read there is, of anything there is. */
const readsOf = (reader: StoreReader): readonly (() => unknown)[] => {
  const views = createViews(reader, () => '/s');
  const uids = ['uid-web', 'uid-db'];
  return [
    ...uids.flatMap((uid) => [
      () => reader.project(uid),
      () => reader.attempts(uid),
      () => reader.attempt(uid, 1),
      () => reader.runs(uid, 1),
      () => reader.preflight(uid),
      () => reader.startingBeside(uid),
    ]),
    ...['web', 'db'].flatMap((name) => [
      () => reader.projectByName(name),
      () => reader.dependents(name),
      () => reader.pendingCommand(name),
      () => views.describe(name),
    ]),
    () => reader.projects(),
    () => reader.quarantined(),
    () => reader.queueEntries('default'),
    () => reader.openAttempts(),
    () => reader.runningSessions(),
    () => reader.openingByShard(),
    () => reader.resumesSince(0),
    () => reader.eventsSince(reader.alertProgress().cursor, 10),
    () => reader.alert('Odd', 'Project/web'),
    () => reader.pendingAlerts(),
    () => reader.deliveries(),
    () => reader.openDeliveries('email'),
    () => reader.openChannels(),
    () => reader.mismatches(),
    () => reader.orphans(),
    () => reader.phaseCounts(),
    () => breakerIn(reader),
    () => views.projects({}),
    () => views.events({}),
    () => views.manifests(),
    () => views.queues(),
    () => views.notifications(),
    () => topView(reader, () => null, null),
  ];
};

/** Each is answered, or refused in words. */
export const tryReads = (reader: StoreReader): void => {
  for (const read of readsOf(reader)) {
    try {
      JSON.stringify(read());
    } catch (error) {
      if (!(error instanceof Unreadable)) {
        orClearError(() => {
          throw error;
        }, null);
      } else demandClear(messageOf(error));
    }
  }
};

/** At least as many as there are: each meets a number that no time or pid can be. */
const COLUMNS = 120;

export const databaseRows: Fuzz = fuzz<readonly Tampering[]>({
  name: 'database-rows',
  claim: 'a row with anything in any of its columns is read, or is its own trouble alone',
  share: 2,
  examples: Array.from({ length: COLUMNS }, (_, column) => [{ column, value: Number.MAX_SAFE_INTEGER, tree: null }]),
  arbitrary: fc.array(tampering, { minLength: 1, maxLength: 4 }),
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'tmuxlet.db');
    const image = template();
    return {
      check: (changes) => {
        writeFileSync(file, tampered(image, changes));
        const opened = orClearError(() => readStore(file), file);
        if (typeof opened === 'string') return;
        try {
          tryReads(opened);
        } finally {
          opened.close();
          for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
        }
      },
      close: remove,
    };
  },
});

export const databaseFiles: Fuzz = fuzz<Damage>({
  name: 'database-files',
  claim: 'a database that is torn, damaged or another program’s is refused by its path, and stays as it is',
  share: 1,
  examples: OTHERS.map((_, other) => ({ changes: [], hits: [], heads: [], other })),
  arbitrary: damage,
  open() {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'tmuxlet.db');
    const { bytes } = template();
    return {
      check: (each) => {
        const content = damagedFile(bytes, each);
        writeFileSync(file, content);
        const { message } = examineDatabase(file);
        demandClear(message);
        newestEventAt(file);
        orClearError(() => checkDatabase(file), file);
        const opened = orClearError(() => readStore(file), file);
        if (typeof opened !== 'string') {
          try {
            tryReads(opened);
          } finally {
            opened.close();
          }
        }
        for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
        same(readFileSync(file).equals(content), true, 'the file was changed by who only reads');
      },
      close: remove,
    };
  },
});

export const databaseTakeovers: Fuzz = fuzz<Damage>({
  name: 'database-takeovers',
  claim: 'a controller refuses a damaged database with a way on, or works with it',
  share: 0.3,
  examples: OTHERS.map((_, other) => ({ changes: [], hits: [], heads: [], other })),
  arbitrary: damage,
  open() {
    const { bytes } = template();
    return {
      check: (each) => {
        const { path, remove } = temporaryFolder();
        const file = join(path, 'tmuxlet.db');
        try {
          writeFileSync(file, damagedFile(bytes, each));
          const opened = orClearError(() => openStore(file, { now: () => 20_000 }), file);
          if (typeof opened === 'string') return;
          try {
            tryReads(opened);
            orClearError(() => opened.transaction((writes) => writes.recordEvent(EVENT, 20_000)), null);
          } finally {
            opened.close();
          }
        } finally {
          remove();
        }
      },
    };
  },
});

const LOOKS = [
  ['get'],
  ['get', 'events'],
  ['describe', 'web'],
  ['events'],
  ['get', 'queues', '-o', 'json'],
  ['top'],
] as const;

export const databaseLooks: Fuzz = fuzz<Damage & { readonly look: number }>({
  name: 'database-looks',
  claim: 'the command line shows what a damaged database still tells, or one line that says what is wrong',
  share: 0.3,
  most: 2000,
  examples: OTHERS.flatMap((_, other) => LOOKS.map((_, look) => ({ changes: [], hits: [], heads: [], other, look }))),
  arbitrary: fc.tuple(damage, fc.nat({ max: LOOKS.length - 1 })).map(([each, look]) => ({ ...each, look })),
  open() {
    const { path, remove } = temporaryFolder();
    const { bytes } = template();
    const file = join(path, 'tmuxlet.db');
    return {
      check: async ({ look, ...each }) => {
        writeFileSync(file, damagedFile(bytes, each));
        const { code, err } = await cli([...(LOOKS[look] ?? ['get']), '--state-dir', path], { cwd: path });
        if (code !== 0) demandClear(err);
        for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      },
      close: remove,
    };
  },
});
