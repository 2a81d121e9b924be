import DatabaseFile from 'better-sqlite3';
import type { Store } from '../../src/api/ports/store.ts';
import { Dead, type Life } from './kernel/life.ts';

type Method = (...given: never[]) => unknown;

const full = (): Error => new DatabaseFile.SqliteError('database or disk is full', 'SQLITE_FULL');
const ioError = (): Error => new DatabaseFile.SqliteError('disk I/O error', 'SQLITE_IOERR');

/** How whatever writes can fail. */
export const STORE_TROUBLES = [full, ioError];

/**
 * The real store in the hands of a life: it can fail, a crash can strike right before or after a commit, and a dead
 * controller neither reads nor writes.
 */
export const storeOf = (life: Life, store: Store, committed: () => void): Store => {
  const guarded = Object.entries<Method>({ ...store }).map(([name, method]): [string, Method] => [
    name,
    (...given) => {
      if (!life.isAlive) throw new Dead(`store.${name}`);
      return method(...given);
    },
  ]);
  const transaction: Store['transaction'] = (work) =>
    life.instant('store.transaction', {
      effect: () => {
        const result = store.transaction(work);
        committed();
        return result;
      },
      fails: STORE_TROUBLES,
    });
  return { ...(Object.fromEntries(guarded) as unknown as Store), transaction };
};
