import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { orAbsentSync } from '../../adapters/absent-file.ts';
import { numbersIn, runPaths } from '../../adapters/runs/paths.ts';
import { openStateFiles } from '../../adapters/state-files.ts';
import type { StateFile } from '../../api/observation.ts';
import type { Store } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import { valueOf } from '../../api/seen.ts';

/**
 * Brings a restored record up to what has happened since it was backed up, as far as that is known: a Project's state
 * file that was written later has the newer word, so that what has completed meanwhile is not run again; and the number
 * of an attempt that has left anything behind is not used a second time. Live sessions are for the controller to adopt.
 * @returns the names of those whose row was changed
 */
export const catchUp = async (
  store: Store,
  stateDir: string,
  since: number,
  now: number,
): Promise<readonly string[]> => {
  const newer = await writtenSince(stateDir, since);
  return store.transaction((writes) => {
    const changed = [];
    for (const row of store.projects()) {
      const file = newer.get(row.name) ?? null;
      if (file !== null && file.uid !== row.uid) {
        // Another Project has got its name: it has a record of its own, and its manifest leads there.
        writes.forgetProject(row.uid);
        changed.push(row.name);
        continue;
      }
      const memory = file?.memory ?? row.memory;
      const attempt = Math.max(memory.attempt, file?.attempt ?? 0, lastAttemptIn(stateDir, row));
      if (file === null && attempt === row.memory.attempt) continue;
      for (const open of store.attempts(row.uid).filter(({ endedAt }) => endedAt === null)) {
        if (open.attempt >= attempt) continue;
        // How it ended is not known any more; a session that vanished is what is left of the knowledge.
        const end = { attempt: open.attempt, cause: 'SessionVanished', endedAt: now } as const;
        writes.applyAttempt(row.uid, { end });
      }
      const { resourceVersion } = store.project(row.uid) ?? row;
      writes.setMemory(row.uid, resourceVersion, { ...memory, attempt });
      changed.push(row.name);
    }
    return changed;
  });
};

const writtenSince = async (stateDir: string, since: number): Promise<ReadonlyMap<string, StateFile>> => {
  const directory = join(stateDir, 'state');
  const files = valueOf(await openStateFiles(directory, join(stateDir, 'archive', 'state')).list()) ?? [];
  return new Map(
    files.flatMap(({ name, file }) => {
      const state = valueOf(file);
      const writtenAt = statSync(join(directory, `${name}.json`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      return state !== undefined && writtenAt > since ? [[name, state] as const] : [];
    }),
  );
};

const lastAttemptIn = (stateDir: string, { uid }: ProjectRow): number =>
  numbersIn(orAbsentSync(() => readdirSync(runPaths(stateDir).projectDir(uid)), []))[0] ?? 0;
