import { type Judge, nameOf, type Scene } from './scene.ts';

/** I8: an end is counted once; a run that is begun again by a start that is tried again may end twice. */
export const endsCountOnce = ({ world }: Scene): Judge => {
  /** How many failures of each attempt were counted, by uid and attempt. */
  const counted = new Map<string, number>();
  return {
    committed({ before, after }) {
      if (before === null || after === null || after.memory.failures <= before.memory.failures) return null;
      const { uid, memory } = after;
      const key = `${uid}/${memory.attempt}`;
      const times = (counted.get(key) ?? 0) + 1;
      counted.set(key, times);
      const runs = world.machine.runs.all
        .filter((run) => run.key.uid === uid && run.key.attempt === memory.attempt)
        .map((run) => run.key.run);
      // The session's own end may count beside them.
      return times <= 2 * Math.max(0, ...runs) + 2
        ? null
        : `${times} failures of attempt ${memory.attempt} of ${nameOf(after)} were counted, which had ${Math.max(0, ...runs)} runs`;
    },
  };
};
