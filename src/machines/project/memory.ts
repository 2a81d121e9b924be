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
