import type { SpecSource } from '../../api/ports/manifests.ts';
import type { Processes } from '../../api/ports/processes.ts';
import type { Store } from '../../api/ports/store.ts';
import type { Tmux } from '../../api/ports/tmux.ts';
import type { Clock, Keepsakes, Locks, StateFiles } from '../../api/ports/world.ts';
import type { Tracer } from '../../api/trace.ts';
import type { NewEvent } from '../../api/event.ts';
import type { OrphanSettings } from '../../machines/orphans.ts';

/** What orphans are judged and ended with. */
export interface OrphanParts {
  readonly store: Store;
  readonly tmux: Tmux;
  readonly processes: Processes;
  readonly stateFiles: Pick<StateFiles, 'list'>;
  readonly source: Pick<SpecSource, 'list'>;
  readonly keepsakes: Keepsakes;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly settings: OrphanSettings;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
}

/** A session by its server and tmux's own id, which is unique within that server only. */
export interface SessionKey {
  readonly shard: number;
  readonly sessionId: string;
}

export const keyOf = (shard: number, sessionId: string): string => `${shard}/${sessionId}`;

/** The session a key names; null for keys of another kind. */
export const parseKey = (key: string): SessionKey | null => {
  const [, shard, sessionId] = /^(\d+)\/(\$\d+)$/.exec(key) ?? [];
  return shard === undefined || sessionId === undefined ? null : { shard: Number(shard), sessionId };
};

/** An event about a session. */
export const aboutSession = (
  { sessionId }: SessionKey,
  type: NewEvent['type'],
  reason: string,
  message: string,
): NewEvent => ({ type, reason, message, object: `Session/${sessionId}` });
