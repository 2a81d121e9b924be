import type { Store } from '../../api/ports/store.ts';
import type { Clock } from '../../api/ports/world.ts';
import type { Executors } from './executors.ts';

export interface DryHands {
  /** The copy in memory. */
  readonly store: Store;
  readonly clock: Clock;
  readonly wake: (uid: string, why: string) => void;
}

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Executors that act on nothing. Checks before a start count as passed without being run, since a
 * manifest's own checks are commands of its author: so the plan goes on to the start itself.
 */
export const dryExecutors = ({ store, clock, wake }: DryHands): Executors => ({
  StartSession: nothing,
  AdoptSession: nothing,
  RepairTags: nothing,
  RespawnWindow: nothing,
  InterruptSession: nothing,
  NudgeWindow: nothing,
  SignalProcesses: nothing,
  KillSession: nothing,
  PipeWindow: nothing,
  RecordRun: nothing,
  RecordState: nothing,
  ArchiveManifest: nothing,
  ForgetProject: nothing,
  RunPreflight: async ({ uid, generation }) => {
    store.transaction((writes) => writes.putPreflight(uid, { generation, at: clock.now().wallMs, checks: [] }));
    wake(uid, 'pre-flight counts as passed in a dry run');
  },
});
