import type { StoreReader } from '../../api/ports/store.ts';

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

/** Every queue, in order of name. */
export const queueViews = (reader: Pick<StoreReader, 'queues' | 'queueEntries' | 'projects'>): readonly QueueView[] => {
  const memories = new Map(reader.projects().map(({ uid, memory }) => [uid, memory]));
  return reader.queues().map((queue) => {
    const entries = reader.queueEntries(queue.name);
    return {
      ...queue,
      admitted: entries.filter(({ admittedAt }) => admittedAt !== null).map(({ name }) => name),
      waiting: entries
        .filter(({ admittedAt, phase }) => admittedAt === null && phase === 'Queued')
        .sort((a, b) => b.priority - a.priority || a.createdAt - b.createdAt)
        .map(({ uid, name, priority }) => {
          const { reason = '', message = '' } = memories.get(uid) ?? {};
          return { project: name, priority, reason, message };
        }),
    };
  });
};
