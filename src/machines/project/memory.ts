import type { Memory } from '../../api/memory.ts';
import { failureHash } from '../spec-hash.ts';
import type { Situation } from './situation.ts';

/** The run that ended joins the running time already used. */
export const accrueRun = (s: Situation): Pick<Memory, 'ranMs' | 'runningSince'> => ({
  ranMs: s.ranMs,
  runningSince: null,
});

/** Entering Completed or Failed. */
export const finish = (s: Situation): Partial<Memory> => ({
  ...accrueRun(s),
  finishedSince: s.now,
  startingSince: null,
  notBefore: null,
});

export const fail = (s: Situation): Partial<Memory> => ({ ...finish(s), failedSpec: failureHash(s.spec) });

/** The first run since the Project was made, or since its history was forgotten. */
const isFirstRun = (s: Situation): boolean =>
  s.memory.fresh || (s.memory.attempt === 1 && (s.primary.run?.run ?? 1) === 1);

/** Every run of the primary after the first is a restart; it counts when it is first seen, running or ended. */
export const countRun = (s: Situation): Pick<Memory, 'restarts'> => ({
  restarts: s.memory.restarts + (s.memory.runningSince === null && s.primary.run !== null && !isFirstRun(s) ? 1 : 0),
});
