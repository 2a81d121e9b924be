import type { QueueRow, StoreReader } from '../../api/ports/store.ts';

/** A queue: its room, who has a place in it, and who waits and why. */
export interface QueueView {
  readonly name: string;
  readonly maxConcurrent: number;
  /** Names of Projects that hold a place. */
  readonly admitted: readonly string[];
  /** In the order in which they will be let in. */
  readonly waiting: readonly {
    readonly project: string;
    readonly priority: number;
    readonly reason: string;
    readonly message: string;
  }[];
}

export const queueView = (queue: QueueRow, reader: Pick<StoreReader, 'queueEntries' | 'project'>): QueueView => {
  const entries = reader.queueEntries(queue.name);
  const queued = entries.filter(({ admittedAt, phase }) => admittedAt === null && phase === 'Queued');
  return {
    ...queue,
    admitted: entries.filter(({ admittedAt }) => admittedAt !== null).map(({ name }) => name),
    waiting: queued
      .sort((a, b) => b.priority - a.priority || a.createdAt - b.createdAt)
      .map(({ uid, name, priority }) => {
        const memory = reader.project(uid)?.memory;
        return { project: name, priority, reason: memory?.reason ?? '', message: memory?.message ?? '' };
      }),
  };
};
