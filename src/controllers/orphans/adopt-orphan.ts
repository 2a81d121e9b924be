import type { OwnedSession } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import type { Judged } from './look.ts';
import { aboutSession, type OrphanParts } from './orphan-parts.ts';

/**
 * Gives an orphan to the Project it is named after. A Project's uid is its identity and stays, so that the session's
 * tags are changed and not the row: to the Project's uid and its next attempt. The Project's own pass then finds a
 * session with its uid, and believes the tags. The caller holds the Project's lock and has just judged the orphan.
 */
export const adoptOrphan = async (parts: OrphanParts, session: OwnedSession, judged: Judged): Promise<void> => {
  const { store, tmux, trace, clock, wake } = parts;
  const { shard, id: sessionId, name, tags } = session;
  const project = store.projectByName(tags.project);
  if (project === null) return;
  const remembered = judged.evidence === null ? [] : (valueOf(judged.evidence.stateFiles) ?? []);
  // No number is used twice: not that of an attempt that only the state file knows of either.
  const used = [
    project.memory.attempt,
    ...store.attempts(project.uid).map(({ attempt }) => attempt),
    ...remembered.filter(({ uid }) => uid === project.uid).map(({ attempt }) => attempt),
  ];
  const attempt = Math.max(...used) + 1;
  await tmux.retagSession({ shard, sessionId, uid: tags.uid }, { ...tags, uid: project.uid, attempt });
  const message = `session ${name} (${sessionId}, uid ${tags.uid}) is attempt ${attempt} of Project ${project.name} now`;
  const event = aboutSession({ shard, sessionId }, 'Normal', 'OrphanAdopted', message);
  store.transaction((writes) => {
    writes.recordEvent(event, clock.now().wallMs);
    writes.forgetOrphan(shard, sessionId);
  });
  trace({ trace: 'EventRecorded', event });
  wake(project.uid, 'it has adopted an orphan');
};
