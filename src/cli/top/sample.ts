import { systemClock } from '../../adapters/clock.ts';
import { openProcesses } from '../../adapters/processes/processes.ts';
import { type Usage, usageIn } from '../../adapters/processes/usage.ts';
import type { TopProject, TopView } from '../../server/views/top.ts';
import type { Context } from '../context.ts';

/** A Project, and what its processes use. */
export interface TopRow extends TopProject {
  readonly processes: number;
  readonly memoryBytes: number;
  /** Share of one CPU since the sample before, 1 being all of it; null in the first sample that has it. */
  readonly cpu: number | null;
}

/** One look at everything. */
export interface Sample extends Omit<TopView, 'projects'> {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rows: readonly TopRow[];
}

/** Looks at everything, each time with what was used since the time before. */
export const createSampler = (context: Context): (() => Promise<Sample>) => {
  const clock = systemClock();
  const processes = openProcesses(clock);
  let before = new Map<string, Usage>();
  let beforeMs = 0;
  return async () => {
    // Asked for anew, since the controller may have come or gone.
    const view = await (await context.connect()).top();
    const nowMs = clock.now().monotonicMs;
    // What runs on another machine is not seen from here.
    const table = context.config.server === null ? await processes.observe(nowMs) : { of: () => [] };
    const used = new Map(view.projects.map(({ uid }) => [uid, usageIn(table, uid)]));
    const rows = view.projects.map((project) => {
      const now = used.get(project.uid);
      return {
        ...project,
        processes: now?.processes ?? 0,
        memoryBytes: now?.memoryBytes ?? 0,
        cpu: cpuOf(before.get(project.uid), now, nowMs - beforeMs),
      };
    });
    before = used;
    beforeMs = nowMs;
    return { ...view, rows, at: context.io.now() };
  };
};

/** What a process used that ended unseen by its parent is lost: never less than nothing. */
const cpuOf = (before: Usage | undefined, now: Usage | undefined, ms: number): number | null =>
  before === undefined || now === undefined ? null : Math.max(0, now.cpuMs - before.cpuMs) / ms;
