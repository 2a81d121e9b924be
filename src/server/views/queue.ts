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

/** Places of the queue default, and of every queue that has no number of its own, where none is configured. */
export const DEFAULT_PLACES = 20;

/** Every queue that is configured or that a Project names, in order of name. */
export const queueViews = (reader: Pick<StoreReader, 'queues' | 'queueEntries' | 'projects'>): readonly QueueView[] => {
  const projects = reader.projects();
  const memories = new Map(projects.map(({ uid, memory }) => [uid, memory]));
  const places = new Map(reader.queues().map((queue) => [queue.name, queue.maxConcurrent]));
  const names = new Set([...places.keys(), ...projects.map(({ spec }) => spec.queue)]);
  return [...names].sort().map((name) => {
    const entries = reader.queueEntries(name);
    return {
      name,
      maxConcurrent: places.get(name) ?? places.get('default') ?? DEFAULT_PLACES,
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
