import { type Judge, nameOf, type Scene } from './scene.ts';

/** A listing may have been long under way when its Project is deleted by it. */
const LATE_MS = 120_000;

/** I6, judged by what people wrote. */
export const manifestsDecide = ({ world, declared, installation }: Scene): Judge => ({
  committed({ before, after }) {
    if (after === null) return null;
    declared.look();
    if (before?.spec !== after.spec && !declared.wasEverWritten(after.name, after.spec)) {
      return `${nameOf(after)} has a spec that nobody wrote: ${JSON.stringify(after.spec)}`;
    }
    if (before === null || before.deletion !== null || after.deletion === null) return null;
    if (installation.wasDeletionAsked(after.name)) return null;
    const absentAt = declared.lastAbsent(after.name);
    if (absentAt !== null && absentAt >= world.kernel.tick - LATE_MS) return null;
    return `${nameOf(after)} is deleted, and its manifest is there`;
  },
  always() {
    declared.look();
    return null;
  },
});
