import type { Judge, Scene } from './scene.ts';
import { nameOf } from './scene.ts';

/** So many passes of one key within so long are a hot loop, whatever the reason. */
const PASSES = 150;
const WITHIN_MS = 2_000;

/** I8: the same key is not reconciled again and again at once. */
export const noHotLoop = ({ world }: Scene): Judge => {
  const passes = new Map<string, number[]>();
  return {
    told(trace) {
      if (trace.trace !== 'Reconciled') return null;
      const key = `${trace.controller} ${trace.key}`;
      const { tick } = world.kernel;
      const lately = (passes.get(key) ?? []).filter((at) => at > tick - WITHIN_MS);
      lately.push(tick);
      passes.set(key, lately);
      return lately.length > PASSES ? `${key} was reconciled ${lately.length} times within ${WITHIN_MS} ms` : null;
    },
  };
};

/**
 * I8: the wait that is committed is kept: nothing of a Project is started before its notBefore is over, by the clock
 * that cannot jump, or by the wall clock across a reboot.
 */
export const backsOff = ({ world, installation, truth }: Scene): Judge => {
  /** Since when, on the run's own clock, each Project waits, and for how long. */
  const waits = new Map<string, { readonly since: number; readonly forMs: number; readonly bootId: string }>();
  return {
    committed({ before, after }) {
      if (after === null) {
        if (before !== null) waits.delete(before.uid);
        return null;
      }
      const { notBefore } = after.memory;
      if (notBefore === null || notBefore.since.bootId !== world.kernel.bootId) waits.delete(after.uid);
      else if (before?.memory.notBefore !== notBefore) {
        const since = world.kernel.tick - (world.kernel.now().monotonicMs - notBefore.since.monotonicMs);
        waits.set(after.uid, { since, forMs: notBefore.forMs, bootId: notBefore.since.bootId });
      }
      return null;
    },
    deed(deed) {
      const { who, act, session } = deed;
      if (truth.isLate(deed)) return null;
      if (who !== 'controller' || session === null || act !== 'SessionCreated') return null;
      const row = installation.reader?.projects().find(({ uid }) => uid === session.uid);
      const wait = waits.get(session.uid);
      if (row === undefined || wait === undefined || wait.bootId !== world.kernel.bootId) return null;
      const leftMs = wait.since + wait.forMs - world.kernel.tick;
      return leftMs > 0 ? `${nameOf(row)} was started ${leftMs} ms before its back-off was over` : null;
    },
  };
};
