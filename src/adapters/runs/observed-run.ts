import type { ListedPane, ObservedRun, ProcessIdentity } from '../../api/observation.ts';
import type { Processes } from '../../api/ports/processes.ts';
import type { RunRecord } from './read-run.ts';

/** What an observed run is concluded from, beside its record. */
export interface Witnesses {
  readonly processes: Pick<Processes, 'isAlive' | 'identify'>;
  readonly bootId: string;
}

/** A run's number, its record, and the pane it was started in as far as tmux still lists it. */
export interface RunEvidence {
  readonly run: number;
  readonly record: RunRecord;
  readonly pane: ListedPane | null;
}

/** Joins the journal, /proc and tmux's listing into what is known of a run. */
export const observedRun = ({ run, record, pane }: RunEvidence, { processes, bootId }: Witnesses): ObservedRun => {
  const { wrapper, command, signalled, exitCode } = record.journal;
  if (wrapper === null) {
    const alive = pane !== null && isPaneAlive(pane, processes);
    return {
      run,
      wrapper: null,
      alive,
      command: null,
      startedAt: pane === null ? null : record.preparedAt,
      endedAt: null,
      exitCode: alive ? null : codeByTmux(pane),
      signalled: false,
    };
  }
  // The wrapper lives on for a moment after its last line; its run does not.
  const alive = exitCode === null && wrapper.bootId === bootId && processes.isAlive(wrapper);
  return {
    run,
    wrapper: identityOf(wrapper),
    alive,
    command,
    startedAt: record.preparedAt,
    endedAt: record.journalledAt,
    exitCode: alive ? null : (exitCode ?? codeByTmux(pane?.pid === wrapper.pid ? pane : null)),
    signalled,
  };
};

const isPaneAlive = (pane: ListedPane, processes: Witnesses['processes']): boolean =>
  !pane.dead && processes.identify(pane.pid) !== null;

const identityOf = ({ pid, startTicks }: ProcessIdentity): ProcessIdentity => ({ pid, startTicks });

const codeByTmux = (pane: ListedPane | null): number | null => {
  if (pane === null) return null;
  return pane.deadStatus ?? (pane.deadSignal === null ? null : 128 + pane.deadSignal);
};
