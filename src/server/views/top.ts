import type { Phase } from '../../api/phase.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import type { Health, HealthCheck } from '../control.ts';
import { heartbeatView, type LiveBeatsOf } from './heartbeat.ts';
import { queueViews } from './queue.ts';

/** How everything does, in numbers: what `top` shows, small enough to be asked for every second. */
export interface TopView {
  readonly projects: readonly TopProject[];
  readonly queues: readonly TopQueue[];
  /** Every check of the controller; null where none runs. */
  readonly checks: readonly HealthCheck[] | null;
}

export interface TopProject {
  readonly uid: string;
  readonly name: string;
  readonly phase: Phase;
  readonly reason: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly attempt: number;
  readonly restarts: number;
  /** Its heartbeat is stale. */
  readonly stalled: boolean;
  /** Something that is needed to tell how it does could not be seen. */
  readonly unknown: boolean;
  /** Epoch milliseconds; null where none was seen, or none is asked for. */
  readonly lastBeatAt: number | null;
}

export interface TopQueue {
  readonly name: string;
  readonly maxConcurrent: number;
  readonly admitted: number;
  readonly waiting: number;
}

/** `health` is null, and no beats are known, where no controller runs. */
export const topView = (
  reader: Pick<StoreReader, 'projects' | 'queues' | 'queueEntries'>,
  beatsOf: LiveBeatsOf,
  health: Health | null,
): TopView => ({
  projects: reader.projects().map((row) => topProject(row, beatsOf)),
  queues: queueViews(reader).map(({ name, maxConcurrent, admitted, waiting }) => ({
    name,
    maxConcurrent,
    admitted: admitted.length,
    waiting: waiting.length,
  })),
  checks: health && [...health.live(), ...health.ready()],
});

const topProject = (row: ProjectRow, beatsOf: LiveBeatsOf): TopProject => {
  const { uid, name, createdAt, memory } = row;
  const { phase, reason, message, attempt, restarts, conditions } = memory;
  return {
    uid,
    name,
    phase,
    reason,
    message,
    createdAt,
    attempt,
    restarts,
    stalled: conditions.some(({ type, status }) => type === 'Stalled' && status === 'True'),
    unknown: conditions.some(({ type, status }) => type === 'SessionAvailable' && status === 'Unknown'),
    lastBeatAt: heartbeatView(row, beatsOf)?.lastBeatAt ?? null,
  };
};
