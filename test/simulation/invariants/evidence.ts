import { isTerminal } from '../../../src/api/phase.ts';
import { primaryOf } from '../../../src/api/manifest.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

const GONE = ['SessionVanished', 'ServerDied', 'Rebooted'];

/** I3: what could not be observed is not believed to be gone. */
export const goneIsGone = ({ truth }: Scene): Judge => {
  const told = new Set<string>();
  return {
    committed({ after }, reader) {
      if (after === null) return null;
      for (const { attempt, cause, endedAt } of reader.attempts(after.uid)) {
        const key = `${after.uid}/${attempt}`;
        if (endedAt === null || told.has(key)) continue;
        told.add(key);
        if (cause === null || !GONE.includes(cause)) continue;
        const alive = truth
          .sessionsOf(after.uid)
          .find((session) => [undefined, String(attempt)].includes(session.options.get('@tmuxlet_attempt')));
        if (alive !== undefined) {
          return `attempt ${attempt} of ${nameOf(after)} ended as ${cause}, and its session ${alive.name} lives`;
        }
      }
      return null;
    },
  };
};

const BY_EXIT = ['Completed', 'PrimaryFailed', 'BackoffLimitExceeded'];

/** I3 and I11: Completed and Failed rest on something that has happened. */
export const endsHaveEvidence = ({ truth }: Scene): Judge => ({
  committed({ before, after }) {
    if (after === null || !isTerminal(after.memory.phase) || before?.memory.phase === after.memory.phase) return null;
    if (before === null) return null;
    const { phase, reason } = after.memory;
    const window = before.memory.primary ?? primaryOf(before.spec).name;
    if (!BY_EXIT.includes(reason)) return null;
    // Its session went away: what ignored that is ended later.
    const isGone = after.memory.countedRun?.endsWith('/gone') ?? false;
    if (isGone ? truth.sessionsOf(after.uid).length === 0 : !truth.isRunning(after.uid, after.memory.attempt, window))
      return null;
    return `${nameOf(after)} is ${phase} (${reason}, counted ${after.memory.countedRun}), and its primary ${window} runs`;
  },
});

/** I11: what is Completed or Failed stays so, unless somebody asks, edits, or evidence refutes it. */
export const terminalStays = ({ installation }: Scene): Judge => ({
  committed({ before, after, isLost }) {
    if (isLost || before === null || after === null) return null;
    if (!isTerminal(before.memory.phase) || isTerminal(after.memory.phase)) return null;
    if (after.deletion !== null) return null;
    if (['Reset', 'Restarted', 'StoppingReset', 'StoppingRestarted'].includes(after.memory.reason)) {
      const asked = after.memory.restartedAt !== before.memory.restartedAt || installation.wasAsked(after.name);
      return asked
        ? null
        : `${nameOf(after)} left ${before.memory.phase} by ${after.memory.reason}, which nobody asked for`;
    }
    if (before.memory.phase === 'Failed') {
      if (after.memory.reason === 'SpecChanged' || after.memory.reason === 'Healed') return null;
    }
    return `${nameOf(after)} left ${before.memory.phase} for ${after.memory.phase} (${after.memory.reason})`;
  },
});
