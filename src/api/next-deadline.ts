import type { ProjectRow } from './project.ts';
import { endsAt, type Wait } from './time.ts';

const pending = (wait: Wait | null, atMs: number): readonly number[] =>
  wait !== null && endsAt(wait) > atMs ? [endsAt(wait)] : [];

const after = (since: { readonly wallMs: number } | null, seconds: number | undefined): readonly number[] =>
  since === null || seconds === undefined ? [] : [since.wallMs + seconds * 1000];

/** When the running time that activeDeadlineSeconds allows is used up, extensions so far counted. */
const activeDeadline = ({ spec, memory }: ProjectRow): readonly number[] =>
  after(memory.runningSince, spec.activeDeadlineSeconds).map((at) => at + memory.extendedMs - memory.ranMs);

/**
 * The next moment that time alone brings about for a Project, in epoch milliseconds by the wall clock: the end of a
 * back-off, of the time for a start or a run, or of a finished Project's ttlSecondsAfterFinished. Null when there is none.
 */
export const nextDeadlineAt = (row: ProjectRow, atMs: number): number | null => {
  const { spec, memory } = row;
  const moments = [
    ...pending(memory.notBefore, atMs),
    ...pending(memory.repair?.wait ?? null, atMs),
    ...after(memory.startingSince, spec.startDeadlineSeconds),
    ...activeDeadline(row),
    ...after(memory.finishedSince, spec.ttlSecondsAfterFinished),
  ];
  return moments.length === 0 ? null : Math.min(...moments);
};
