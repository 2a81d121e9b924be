import { statfsSync, statSync } from 'node:fs';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { TRANSACTION_RESULTS, type Tracer } from '../../api/trace.ts';

/** Where the record is kept. */
export interface StorePlaces {
  readonly stateDir: string;
  readonly database: string;
}

/** How the database does, and how much room it has. */
export const storeMetrics = (registry: Registry, { stateDir, database }: StorePlaces): Tracer => {
  const registers = [registry];
  const transactions = new Histogram({
    name: 'tmuxlet_store_transaction_seconds',
    help: 'How long a transaction took, the decision in it included, by how it ended.',
    labelNames: ['result'],
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const errors = new Counter({
    name: 'tmuxlet_store_errors_total',
    help: 'Times the database failed, reading or writing; conflicts are none.',
    registers,
  });
  sizeGauge(registry, 'tmuxlet_store_size_bytes', 'Size of the database file.', () => sizeOf(database));
  sizeGauge(registry, 'tmuxlet_store_wal_size_bytes', 'Size of the database’s write-ahead log.', () =>
    sizeOf(`${database}-wal`),
  );
  const room = () => statfsSync(stateDir);
  sizeGauge(registry, 'tmuxlet_state_free_bytes', 'Room left for us on the file system of the state directory.', () => {
    const { bavail, bsize } = room();
    return bavail * bsize;
  });
  sizeGauge(registry, 'tmuxlet_state_total_bytes', 'Size of the file system of the state directory.', () => {
    const { blocks, bsize } = room();
    return blocks * bsize;
  });
  for (const result of TRANSACTION_RESULTS) transactions.zero({ result });

  return (trace) => {
    if (trace.trace === 'StoreWritten') transactions.observe({ result: trace.result }, trace.ms / 1000);
    if (trace.trace === 'StoreFailed') errors.inc();
  };
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** A directory that cannot be asked must not take the whole page with it. */
const sizeGauge = (registry: Registry, name: string, help: string, bytes: () => number): void => {
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => {
      try {
        gauge.set(bytes());
      } catch {
        gauge.remove();
      }
    },
  });
};
