import DatabaseFile from 'better-sqlite3';
import { Fenced, type Store, StoreConflict } from '../api/ports/store.ts';
import type { TransactionResult } from '../api/trace.ts';

/** Is told how the database does. */
export interface StoreObserver {
  /** A transaction ended; `ms` is all of it, the work in it included. */
  written(result: TransactionResult, ms: number): void;
  /** SQLite failed, reading or writing; told once for each error. */
  failed(): void;
}

const resultOf = (error: unknown): TransactionResult => {
  if (error instanceof StoreConflict) return 'conflict';
  return error instanceof Fenced ? 'fenced' : 'error';
};

/** The same store, with its transactions and failures told. */
export const observedStore = (store: Store, { written, failed }: StoreObserver): Store => {
  /** A read that fails inside a transaction fails that too. */
  const told = new WeakSet<Error>();
  const telling =
    <T>(work: (...given: never[]) => T) =>
    (...given: never[]): T => {
      try {
        return work(...given);
      } catch (error) {
        if (error instanceof DatabaseFile.SqliteError && !told.has(error)) {
          told.add(error);
          failed();
        }
        throw error;
      }
    };
  const timed: Store['transaction'] = (work) => {
    const began = performance.now();
    try {
      const made = store.transaction(work);
      written('success', performance.now() - began);
      return made;
    } catch (error) {
      written(resultOf(error), performance.now() - began);
      throw error;
    }
  };
  const methods: Record<string, (...given: never[]) => unknown> = { ...store, transaction: timed };
  const all = Object.entries(methods).map(([name, method]) => [name, telling(method)]);
  return Object.fromEntries(all) as Store;
};
