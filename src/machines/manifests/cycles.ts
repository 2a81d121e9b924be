/** Who depends on whom, by name. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** The shortest cycle through a Project, `[a, b, a]`, or null. */
export const cycleThrough = (name: string, dependencies: Dependencies): readonly string[] | null => {
  const cameFrom = new Map<string, string>();
  const frontier = [name];
  // The list grows while it is walked: breadth first, so that the first way back is the shortest.
  for (const from of frontier) {
    for (const to of dependencies.get(from) ?? []) {
      if (to === name) return [...wayTo(from, cameFrom), name];
      if (!cameFrom.has(to)) {
        cameFrom.set(to, from);
        frontier.push(to);
      }
    }
  }
  return null;
};

const wayTo = (name: string, cameFrom: ReadonlyMap<string, string>): string[] => {
  const way = [name];
  for (let from = cameFrom.get(name); from !== undefined; from = cameFrom.get(from)) {
    way.unshift(from);
  }
  return way;
};

/**
 * Which of the changed Projects cannot be taken over because they would close a cycle, each with its cycle.
 * A rejected one keeps the dependencies it had; of the changed members of a cycle the last by name is
 * rejected, so that the outcome depends on no order of files and stays when asked again.
 */
export const rejectCycles = (known: Dependencies, changed: Dependencies): ReadonlyMap<string, readonly string[]> => {
  const graph = new Map([...known, ...changed]);
  const candidates = [...changed.keys()].sort().reverse();
  const rejected = new Map<string, readonly string[]>();
  const rejectNext = (): boolean => {
    for (const name of candidates) {
      const cycle = rejected.has(name) ? null : cycleThrough(name, graph);
      if (cycle !== null) {
        rejected.set(name, cycle);
        graph.set(name, known.get(name) ?? []);
        return true;
      }
    }
    return false;
  };
  // What one rejection restores may close a cycle with another change.
  while (rejectNext());
  return rejected;
};
