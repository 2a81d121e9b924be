import type { Action } from '../api/action.ts';
import type { Plan } from '../api/decision.ts';
import type { LockPurpose } from '../api/lock.ts';
import { sessionNameOf } from '../api/manifest.ts';
import type { Clock, HeldLock, Locks } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Tracer } from '../api/trace.ts';

export interface LockParts {
  readonly locks: Locks;
  readonly clock: Clock;
  readonly trace: Tracer;
}

const stopping = ({ memory }: Plan): LockPurpose => {
  switch (memory.stop?.cause) {
    case 'Reset':
      return 'reset';
    case 'Deleted':
      return 'delete';
    default:
      return 'stop';
  }
};

const purposeOf = (action: Action, plan: Plan, { name, spec }: ProjectRow): LockPurpose | null => {
  switch (action.kind) {
    case 'StartSession':
      if (action.replace !== null) return 'replace';
      return action.sessionName === sessionNameOf(name, spec) ? 'start' : 'rename';
    case 'AdoptSession':
      return 'adopt';
    case 'RepairTags':
      return 'repair';
    case 'RespawnWindow':
      return 'start';
    case 'InterruptSession':
    case 'SignalProcesses':
    case 'KillSession':
      return stopping(plan);
    case 'ForgetProject':
      return 'delete';
    default:
      return null;
  }
};

/** What a plan needs the Project's lock for; null for one that touches records only. */
export const lockPurpose = (plan: Plan, row: ProjectRow): LockPurpose | null =>
  plan.actions.map((action) => purposeOf(action, plan, row)).find((purpose) => purpose !== null) ?? null;

/**
 * Tries to take a Project's lock, once: a controller has others to look after meanwhile. Null when somebody has
 * it. Never to be called inside a transaction: locks come before the database.
 */
export const takeLock = ({ locks, clock, trace }: LockParts, name: string, purpose: LockPurpose): HeldLock | null => {
  const lock = locks.tryAcquire(name, purpose);
  if (lock === null) {
    trace({ trace: 'Lock', name, purpose, change: 'busy', heldMs: 0 });
    return null;
  }
  const since = clock.now().monotonicMs;
  return {
    token: lock.token,
    release() {
      lock.release();
      trace({ trace: 'Lock', name, purpose, change: 'released', heldMs: clock.now().monotonicMs - since });
    },
  };
};
