import type { ProcessIdentity } from '../../api/observation.ts';
import type { ProcessTable } from '../../api/ports/processes.ts';

/** One live process as a scan saw it. */
export interface Entry extends ProcessIdentity {
  readonly ppid: number;
  /** The uid of the Project it says it belongs to; null for none, and for other users' processes. */
  readonly marker: string | null;
  /** The window it says it belongs to; null for none. */
  readonly window: string | null;
}

/** What a scan saw, and who belongs to whom. */
export interface Family extends ProcessTable {
  /** The live roots themselves with all their descendants. */
  below(roots: readonly ProcessIdentity[]): readonly ProcessIdentity[];
}

/**
 * Orders a scan's entries by descent. The process `self`, its ancestors and init belong to no Project,
 * whatever their environment says: a controller that was started in a pane of ours must not end itself.
 */
export const familyOf = (entries: readonly Entry[], self: number): Family => {
  const byPid = new Map(entries.map((entry) => [entry.pid, entry]));
  const children = Map.groupBy(entries, (entry) => entry.ppid);
  const marked = Map.groupBy(
    entries.filter((entry) => entry.marker !== null),
    (entry) => entry.marker,
  );

  const untouchable = new Set([1]);
  for (let pid = self; pid > 1 && !untouchable.has(pid); pid = byPid.get(pid)?.ppid ?? 1) untouchable.add(pid);

  const withDescendants = (from: readonly Entry[]): readonly ProcessIdentity[] => {
    const found = new Map<number, ProcessIdentity>();
    const open = [...from];
    for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
      if (found.has(entry.pid) || untouchable.has(entry.pid)) continue;
      found.set(entry.pid, { pid: entry.pid, startTicks: entry.startTicks });
      open.push(...(children.get(entry.pid) ?? []));
    }
    return [...found.values()];
  };

  return {
    of: (uid, window) =>
      withDescendants((marked.get(uid) ?? []).filter((entry) => window === undefined || entry.window === window)),
    below: (roots) =>
      withDescendants(
        roots.flatMap((root) => {
          const entry = byPid.get(root.pid);
          return entry?.startTicks === root.startTicks ? [entry] : [];
        }),
      ),
  };
};
