import type { Memory } from './memory.ts';
import type { ProjectRow } from './project.ts';
import { endsAt } from './time.ts';

/** A moment at which time alone changes something about a Project, by the wall clock, for display. */
export interface Deadline {
  /** What happens then, in a few words. */
  readonly what: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

type Timed = Pick<ProjectRow, 'spec' | 'memory'>;

/** What is ahead of a Project, the soonest first; what is over already is left out. */
export const deadlinesOf = (row: Timed, lastBeatAt: number | null, nowMs: number): readonly Deadline[] =>
  [...ofWaits(row.memory), ...ofStart(row), ...ofRun(row, lastBeatAt), ...ofEnd(row)]
    .filter(({ at }) => at > nowMs)
    .sort((a, b) => a.at - b.at);

const ofWaits = ({ notBefore, repair, sidecars }: Memory): Deadline[] => [
  ...(notBefore ? [{ what: 'next attempt', at: endsAt(notBefore) }] : []),
  ...(repair?.wait ? [{ what: 'next try of a repair', at: endsAt(repair.wait) }] : []),
  ...Object.entries(sidecars).flatMap(([window, { notBefore }]) =>
    notBefore ? [{ what: `next run of ${window}`, at: endsAt(notBefore) }] : [],
  ),
];

const ofStart = ({ spec, memory: { startingSince, repair, stop } }: Timed): Deadline[] => [
  ...(startingSince
    ? [{ what: 'given up starting', at: startingSince.wallMs + spec.startDeadlineSeconds * 1000 }]
    : []),
  ...(repair ? [{ what: 'given up repairing', at: repair.since.wallMs + spec.startDeadlineSeconds * 1000 }] : []),
  ...(stop ? [{ what: 'end by force', at: stop.since.wallMs + spec.terminationGracePeriodSeconds * 1000 }] : []),
];

const ofRun = ({ spec, memory }: Timed, lastBeatAt: number | null): Deadline[] => {
  const { runningSince, ranMs, extendedMs } = memory;
  if (runningSince === null) return [];
  const { activeDeadlineSeconds, heartbeat } = spec;
  const allowedMs = activeDeadlineSeconds === undefined ? null : activeDeadlineSeconds * 1000 + extendedMs;
  return [
    ...(allowedMs === null ? [] : [{ what: 'running time used up', at: runningSince.wallMs + allowedMs - ranMs }]),
    ...(heartbeat && lastBeatAt !== null
      ? [{ what: 'heartbeat stale', at: lastBeatAt + heartbeat.staleAfterSeconds * 1000 }]
      : []),
  ];
};

const ofEnd = ({ spec, memory: { finishedSince } }: Timed): Deadline[] =>
  finishedSince === null || spec.ttlSecondsAfterFinished === undefined
    ? []
    : [{ what: 'forgotten', at: finishedSince.wallMs + spec.ttlSecondsAfterFinished * 1000 }];
