import type { RunPreflight } from '../../api/action.ts';
import type { CheckResult } from '../../api/check.ts';
import type { PreflightReport } from '../../api/decision.ts';
import { messageOf } from '../../api/errors.ts';
import type { Hands } from './hands.ts';

const broken = (error: unknown): CheckResult => ({
  check: 'preflight',
  name: 'preflight',
  result: 'Fail',
  message: `the checks could not be run: ${messageOf(error)}`,
  remedy: 'they are tried again',
});

/**
 * Checks run beside the loop, one set a Project at a time: a check that hangs delays its own Project and
 * takes no worker from the others (I10, failure 64). The report wakes the Project.
 */
export const preflightRunner = ({ preflight, store, clock, wake }: Hands) => {
  const underWay = new Set<string>();

  /** Reports are told apart by their times. */
  const newTime = (before: PreflightReport | null): number => {
    const { wallMs } = clock.now();
    return before?.at === wallMs ? wallMs + 1 : wallMs;
  };

  const check = async ({ uid, name, generation }: RunPreflight): Promise<void> => {
    const row = store.project(uid);
    if (row === null) return;
    const checks = await preflight.check(name, row.spec).catch((error: unknown) => [broken(error)]);
    store.transaction((writes) => writes.putPreflight(uid, { generation, at: newTime(store.preflight(uid)), checks }));
    wake(uid, 'pre-flight has answered');
  };

  return async (action: RunPreflight): Promise<void> => {
    if (underWay.has(action.uid)) return;
    underWay.add(action.uid);
    // Not awaited: the pass goes on. A store that fails here fails the next pass too, where it is seen.
    void check(action)
      .catch(() => wake(action.uid, 'pre-flight could not be recorded'))
      .finally(() => underWay.delete(action.uid));
  };
};
