import type { ListedPane, ObservedRun } from '../../api/observation.ts';
import type { RunKey } from '../../api/ports/runs.ts';
import { observedRun } from './observed-run.ts';
import type { RunEvidence, Witnesses } from './observed-run.ts';
import type { RunRecords } from './read-run.ts';

/** The newest run of each window of an attempt, by window name; windows that tmuxlet did not start have none. */
export const observeRuns = async (
  records: RunRecords,
  witnesses: Witnesses,
  uid: string,
  attempt: number,
  panes: readonly ListedPane[],
): Promise<Record<string, ObservedRun>> => {
  const windows = await records.windows(uid, attempt);
  const observed = windows.map(async (window) => {
    const inWindow = panes.filter((pane) => pane.windowName === window);
    const look = async (): Promise<ObservedRun | null> => {
      const evidence = await newestRun(records, uid, attempt, window, inWindow);
      return evidence && observedRun(evidence, witnesses);
    };
    const seen = await look();
    // It may have ended after its journal was read and before /proc was; what the dead have written is final.
    const settled = seen === null || seen.alive || seen.endedAt !== null ? seen : await look();
    return settled === null ? [] : [[window, settled] as const];
  });
  return Object.fromEntries((await Promise.all(observed)).flat());
};

/**
 * The newest run that was started. A run can be prepared and then not started, when the controller died in
 * between: it has no journal, and the pane, if any, is still that of the run before it.
 */
const newestRun = async (
  records: RunRecords,
  uid: string,
  attempt: number,
  window: string,
  panes: readonly ListedPane[],
): Promise<RunEvidence | null> => {
  const [newest, before] = await records.runs(uid, attempt, window);
  if (newest === undefined) return null;

  const evidence = await evidenceOf(records, { uid, attempt, window, run: newest }, panes);
  if (evidence.record.journal.wrapper !== null || before === undefined) return evidence;

  const earlier = await evidenceOf(records, { uid, attempt, window, run: before }, panes);
  const earlierPid = earlier.record.journal.wrapper?.pid;
  const wasStarted = evidence.pane !== null && evidence.pane.pid !== earlierPid;
  return wasStarted || earlierPid === undefined ? evidence : earlier;
};

const evidenceOf = async (records: RunRecords, key: RunKey, panes: readonly ListedPane[]): Promise<RunEvidence> => {
  const record = await records.record(key);
  // A window that people have split has more panes than ours.
  const own = panes.find((pane) => pane.pid === record.journal.wrapper?.pid);
  return { run: key.run, record, pane: own ?? panes[0] ?? null };
};
