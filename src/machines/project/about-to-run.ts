import { elapsedMs } from '../../api/time.ts';
import type { Situation } from './situation.ts';

/** A wrapper tells of itself before anything else. Whose pane has lived for so long has told, and it was lost. */
export const TELLS_WITHIN_MS = 10_000;

/** The primary's pane is there, and its wrapper has yet to tell of itself. */
export const isAboutToRun = ({ session, primary, memory, now }: Situation): boolean =>
  session !== null &&
  primary.run !== null &&
  primary.run.wrapper === null &&
  memory.runningSince === null &&
  (memory.startingSince === null || elapsedMs(memory.startingSince, now) < TELLS_WITHIN_MS);
