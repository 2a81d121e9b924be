import type { Session } from '../machine/tmux-server.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** Phases of a Project that waits for its next start. */
const WAITING = ['Pending', 'Queued', 'BackingOff', 'Starting'];

/** I8: a wait that is committed ends by time, or for a reason that is committed with its end. */
export const waitsAreKept = ({ world }: Scene): Judge => ({
  committed({ before, after }) {
    if (before === null || after === null) return null;
    const { bootId, monotonicMs } = world.kernel.now();
    const leftMs = (wait: typeof before.memory.notBefore): number =>
      wait === null || wait.since.bootId !== bootId ? 0 : wait.forMs - (monotonicMs - wait.since.monotonicMs);
    const was = before.memory;
    const is = after.memory;
    const isSame = was.reason === is.reason && was.failures === is.failures && was.attempt === is.attempt;
    if (leftMs(was.notBefore) > 0 && is.notBefore === null && isSame && WAITING.includes(is.phase)) {
      return `${nameOf(after)} had to wait ${leftMs(was.notBefore)} ms, and now for nothing (${is.phase}: ${is.reason})`;
    }
    if (leftMs(was.repair?.wait ?? null) > 0 && (is.repair?.tries ?? 0) > (was.repair?.tries ?? 0)) {
      return `${nameOf(after)} was repaired again ${leftMs(was.repair?.wait ?? null)} ms before it was due`;
    }
    return null;
  },
});

/** I8: from the second failure in a row on, each waits twice as long as the one before, up to the most. */
export const failuresWait = (_: Scene): Judge => ({
  committed({ before, after }) {
    if (before === null || after === null || after.memory.phase !== 'BackingOff') return null;
    const { failures, notBefore } = after.memory;
    if (failures < 2 || failures <= before.memory.failures) return null;
    const { initialSeconds, maxSeconds } = after.spec.backoff;
    const dueMs = Math.min(initialSeconds * 2 ** (failures - 2), maxSeconds) * 1000;
    const waitMs = notBefore?.forMs ?? 0;
    return waitMs >= dueMs ? null : `${nameOf(after)} failed ${failures} times in a row, and waits ${waitMs} ms`;
  },
});

/** I8: an attempt whose session vanished counts, unless the end of its primary has counted already. */
export const vanishingCounts = (_: Scene): Judge => {
  /** Attempts of which an end was counted, by uid. */
  const counted = new Map<string, number>();
  const ended = new Set<string>();
  return {
    committed({ before, after }, reader) {
      if (before === null || after === null) return null;
      const { memory } = after;
      if (memory.countedRun !== before.memory.countedRun) counted.set(after.uid, memory.attempt);
      const attempt = reader.attempt(after.uid, memory.attempt);
      if (attempt === null || attempt.cause !== 'SessionVanished') return null;
      const key = `${after.uid}/${attempt.attempt}`;
      if (ended.has(key)) return null;
      ended.add(key);
      if (memory.reason === 'StartDeadlineExceeded' || counted.get(after.uid) === attempt.attempt) return null;
      return `the session of attempt ${attempt.attempt} of ${nameOf(after)} vanished, and that counts for nothing`;
    },
  };
};

/** I8: what went with its tmux server is no failure of its own. */
export const serverDeathIsNoFailure = ({ world, truth, installation }: Scene): Judge => {
  /** Attempts whose session went together with its server. */
  const taken = new Set<string>();
  /** Sockets of servers that were ended; one whose last session goes ends by itself. */
  const ended = new Map<string, number>();
  let before: readonly Session[] = [];
  return {
    deed({ who, act, tick, session, detail: socket }) {
      if (act === 'ServerEnded' && who !== 'machine') ended.set(socket, tick);
      // A start of which nothing was seen is tried again as the same attempt.
      if (act === 'SessionCreated' && session !== null) {
        for (const key of taken) if (key.startsWith(`${session.uid}/`)) taken.delete(key);
      }
      return null;
    },
    always() {
      const now = world.machine.tmux.sessions;
      for (const session of before) {
        const uid = truth.uidOf(session);
        if (uid === null || now.includes(session) || ended.get(session.server.socket) !== world.kernel.tick) continue;
        taken.add(`${uid}/${session.options.get('@tmuxlet_attempt')}`);
      }
      before = now;
      return null;
    },
    committed({ after }, reader) {
      if (after === null) return null;
      const { attempt, countedRun } = after.memory;
      // Without its name another session may have been taken for it.
      if (installation.lostNames.has(after.uid)) return null;
      if (!taken.has(`${after.uid}/${attempt}`) || !(countedRun?.endsWith('/gone') ?? false)) return null;
      return reader.attempt(after.uid, attempt)?.cause === 'SessionVanished'
        ? `attempt ${attempt} of ${nameOf(after)} went with its tmux server, and counts as a failure`
        : null;
    },
  };
};
