import type { ProjectRow } from '../../api/project.ts';
import type { HeartbeatSpec } from '../../api/manifest.ts';

/** What the running controller knows of a Project's beats, and no store does. */
export interface LiveBeats {
  /** Epoch milliseconds. */
  readonly lastBeatAt: number | null;
  readonly progress: string | null;
  readonly sequence: number | null;
}

export type LiveBeatsOf = (uid: string) => LiveBeats | null;

/** How a Project's heartbeat stands; times are epoch milliseconds by the wall clock, for display. */
export interface HeartbeatView extends LiveBeats {
  readonly source: HeartbeatSpec['source'];
  readonly stale: boolean;
  readonly extensions: number;
  readonly maxExtensions: number;
  /** When the running time allowed would be used up, extensions so far counted; null for no limit. */
  readonly deadlineAt: number | null;
}

/** Null where no heartbeat is asked for. Without a controller the last beat is known only if the next one was late. */
export const heartbeatView = ({ uid, spec, memory }: ProjectRow, liveOf: LiveBeatsOf): HeartbeatView | null => {
  const { heartbeat, activeDeadlineSeconds } = spec;
  if (!heartbeat) return null;
  const { runningSince, ranMs, extendedMs } = memory;
  const live = liveOf(uid);
  return {
    source: heartbeat.source,
    lastBeatAt: live?.lastBeatAt ?? memory.heartbeat?.lastBeat?.wallMs ?? null,
    progress: live?.progress ?? null,
    sequence: live?.sequence ?? null,
    stale: memory.heartbeat?.stale ?? false,
    extensions: memory.extensions,
    maxExtensions: heartbeat.maxExtensions,
    deadlineAt:
      activeDeadlineSeconds === undefined || runningSince === null
        ? null
        : runningSince.wallMs + activeDeadlineSeconds * 1000 + extendedMs - ranMs,
  };
};
