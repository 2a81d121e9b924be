import { UserError } from '../../api/errors.ts';
import type { RunKey } from '../../api/ports/runs.ts';
import { UID_MARKER, WINDOW_MARKER } from '../processes/marker.ts';

/** The variables by which a command knows its place, and by which its processes are found again. */
export const markersOf = (
  { uid, attempt, window, run }: RunKey,
  project: string,
  stateDir: string,
  heartbeatFile: string,
): Record<string, string> => ({
  [UID_MARKER]: uid,
  TMUXLET_PROJECT: project,
  TMUXLET_ATTEMPT: String(attempt),
  [WINDOW_MARKER]: window,
  TMUXLET_RUN: String(run),
  TMUXLET_HEARTBEAT_FILE: heartbeatFile,
  TMUXLET_STATE_DIR: stateDir,
});

/** Later layers win. Throws a UserError for a value that no process can be given. */
export const layered = (...layers: readonly Readonly<Record<string, string>>[]): Record<string, string> => {
  const environment: Record<string, string> = Object.assign({}, ...layers);
  for (const [name, value] of Object.entries(environment)) {
    if (value.includes('\0')) throw new UserError(`the value of the variable ${name} contains a NUL character`);
  }
  return environment;
};
