import { isDeepStrictEqual } from 'node:util';
import type { ProjectManifest } from '../../../src/api/manifest.ts';
import { parseStateFile, projectOfStateFile } from '../../../src/adapters/state-file-text.ts';
import { primaryOf } from '../../../src/api/manifest.ts';
import { isTerminal } from '../../../src/api/phase.ts';
import type { ProjectRow } from '../../../src/api/project.ts';
import { valueOf } from '../../../src/api/seen.ts';
import type { Reader } from '../installation.ts';
import type { Session } from '../machine/tmux-server.ts';
import { STATE_FILES } from '../ports/state-files.ts';
import { isKnownAs, type Judge, nameOf, type Scene } from './scene.ts';

/** I12: what the world must be like when faults have stopped for long enough. */
export const converges = (scene: Scene): Judge => ({
  converged() {
    const { reader } = scene.installation;
    if (reader === null) return 'there is no database';
    if (scene.installation.controllers.length !== 1) return 'not exactly one controller runs';
    scene.declared.look();
    return missing(scene, reader) ?? superfluous(scene, reader) ?? strangers(scene, reader);
  },
});

/** What is declared is there. */
const missing = (scene: Scene, reader: Reader): string | null => {
  const { declared, installation } = scene;
  for (const { manifest } of declared.projects) {
    const { name } = manifest.metadata;
    if (declared.isContested(name)) continue;
    const isPoisoned = reader.quarantined().some((each) => each.name === name);
    if (isPoisoned) continue;
    const row = reader.projectByName(name);
    if (row === null) return `Project ${name} is declared and has no row`;
    if (installation.poisoned.has(row.uid)) continue;
    const wrong = isAsDeclared(scene, reader, row, manifest);
    if (wrong !== null) {
      const { phase, reason, message } = row.memory;
      return `${nameOf(row)} ${wrong} (${phase}: ${reason}: ${message})`;
    }
  }
  return null;
};

const isAsDeclared = (
  { truth, world, setup, installation }: Scene,
  reader: Reader,
  row: ProjectRow,
  { spec }: ProjectManifest,
): string | null => {
  // One that is refused, for a cycle of dependencies, keeps its last good spec.
  if (row.manifestError !== null) return null;
  if (!isDeepStrictEqual(row.spec, spec)) return 'has another spec than its manifest';
  if (row.deletion !== null) return 'is still being deleted';
  const sessions = truth.sessionsOf(row.uid);
  const { phase } = row.memory;
  if (spec.suspend && !isTerminal(phase)) {
    if (phase !== 'Suspended') return 'is not suspended';
  }
  if (phase === 'Running') {
    const [session] = sessions;
    if (session === undefined) return 'is said to run, and has no session';
    const attempt = reader.attempt(row.uid, row.memory.attempt);
    if (attempt === null || attempt.endedAt !== null) return 'is said to run, and its attempt is not open';
    if (session.options.get('@tmuxlet_uid') !== row.uid) return 'is said to run, and its session has lost its tags';
    if (session.id !== attempt.sessionId || world.machine.tmux.shardOf(session.server.socket) !== attempt.shard) {
      return 'is said to run, and its attempt has another session on record';
    }
    const window = row.memory.primary ?? primaryOf(row.spec).name;
    return truth.isRunning(row.uid, row.memory.attempt, window) || livesAsAdopted(session)
      ? null
      : 'is said to run, and its primary does not';
  }
  if (phase === 'Queued' || phase === 'Pending') {
    if (sessions.length > 0) return 'waits, and has a session';
    if (waitsForOthers(reader, row)) return null;
    if (row.memory.reason.startsWith('Preflight')) return null;
    const room = spec.queue === 'narrow' ? setup.narrow : setup.maxConcurrent;
    const taken = reader.projects().filter((each) => each.spec.queue === spec.queue && each.admittedAt !== null);
    return taken.length >= room || installation.poisoned.size > 0 ? null : `waits, and its queue has room`;
  }
  if (phase === 'Suspended' || isTerminal(phase)) {
    // Of several that may be its session, people have to say which.
    if (row.memory.reason === 'SessionNameUnrecoverable') return null;
    if (sessions.length > 0 && spec.sessionRetentionSeconds === 0) return 'should not run, and has a session';
    if (truth.windowProcessesOf(row.uid).length > 0) return 'should not run, and has processes';
    return null;
  }
  return 'does not come to rest';
};

/** What people made and the Project adopted has no primary of ours: whatever runs there stands for it. */
const livesAsAdopted = ({ environment, windows }: Session): boolean =>
  !environment.has('TMUXLET_UID') && windows.some(({ panes }) => panes.some(({ process }) => process.isLive));

const waitsForOthers = (reader: Reader, { spec, memory }: ProjectRow): boolean =>
  spec.dependsOn.some(({ project, condition }) => {
    if (memory.satisfied.includes(`${project}/${condition}`)) return false;
    const other = reader.projects().find(({ name }) => name === project)?.memory.phase;
    return other !== 'Completed' && !(condition === 'Running' && other === 'Running');
  });

/** What is not declared is gone. */
const superfluous = ({ declared }: Scene, reader: Reader): string | null => {
  const row = reader
    .projects()
    // One that a broken file may hold stays until that is in order.
    .filter(({ manifestError }) => manifestError === null || !declared.hasErrors)
    .find(({ name }) => !declared.mayBeThere(name));
  return row === undefined ? null : `${nameOf(row)} is declared nowhere, and is ${row.memory.phase}`;
};

/** A session that a state file claims is kept: two records that agree are ended by people alone. */
const isKeptByFile = ({ world }: Scene, uid: string): boolean => {
  const { disk } = world.machine;
  return disk.list(STATE_FILES).some((file) => {
    const name = projectOfStateFile(file);
    const state = name === null ? null : parseStateFile(name, file, disk.file(`${STATE_FILES}/${file}`)?.text ?? '');
    return state !== null && valueOf(state)?.uid === uid;
  });
};

/** Sessions that were ours and that nothing claims any more. */
const strangers = (scene: Scene, reader: Reader): string | null => {
  const { truth, world, setup, installation } = scene;
  if (setup.orphanPolicy !== 'Kill') return null;
  const uids = new Set([...reader.projects(), ...reader.quarantined()].map(({ uid }) => uid));
  for (const session of world.machine.tmux.sessions) {
    const uid = truth.uidOf(session);
    if (uid === null || uids.has(uid) || session.attached > 0 || installation.poisoned.size > 0) continue;
    if (!isKnownAs(session, uid) || isKeptByFile(scene, uid)) continue;
    return `session ${session.name} of uid ${uid} belongs to no Project, and lives`;
  }
  return null;
};
