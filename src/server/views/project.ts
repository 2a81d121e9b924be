import { API_VERSION } from '../../api/manifest.ts';
import type { Attempt, ProjectObject, ProjectRow, ProjectStatus } from '../../api/project.ts';
import { endsAt, secondText } from '../../api/time.ts';
import { maskSpec } from './mask.ts';

/** Absolute socket path of a tmux server, by its shard. */
export type SocketOf = (shard: number) => string;

/** A Project as the API shows it: from its row and the newest attempt, secrets masked. */
export const projectObject = (row: ProjectRow, attempt: Attempt | null, socketOf: SocketOf): ProjectObject => ({
  apiVersion: API_VERSION,
  kind: 'Project',
  metadata: {
    name: row.name,
    ...(Object.keys(row.labels).length > 0 && { labels: row.labels }),
    ...(Object.keys(row.annotations).length > 0 && { annotations: row.annotations }),
    uid: row.uid,
    generation: row.generation,
    resourceVersion: String(row.resourceVersion),
    creationTimestamp: secondText(row.createdAt),
    ...(row.deletion && { deletionTimestamp: secondText(row.deletion.requestedAt) }),
  },
  spec: maskSpec(row.spec),
  status: statusOf(row, attempt, socketOf),
});

const statusOf = ({ memory }: ProjectRow, attempt: Attempt | null, socketOf: SocketOf): ProjectStatus => {
  // An ended attempt has no session to show (failure 18), unless it is kept to be looked at.
  const available = memory.conditions.some(({ type, status }) => type === 'SessionAvailable' && status === 'True');
  const session = attempt !== null && (attempt.endedAt === null || available) ? attempt : null;
  return {
    phase: memory.phase,
    reason: memory.reason,
    message: memory.message,
    conditions: memory.conditions,
    socket: session && socketOf(session.shard),
    sessionName: session?.sessionName ?? null,
    sessionId: session?.sessionId ?? null,
    attempt: memory.attempt,
    restarts: memory.restarts,
    failures: memory.failures,
    startedAt: attempt?.startedAt ?? null,
    nextAttemptAt: memory.notBefore && endsAt(memory.notBefore),
    observedGeneration: memory.observedGeneration,
  };
};
