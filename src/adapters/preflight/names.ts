import type { CheckResult } from '../../api/check.ts';
import { type Spec, sessionNameOf } from '../../api/manifest.ts';
import type { ListedSession } from '../../api/observation.ts';
import { outcomesOf } from './outcome.ts';

const { pass, warn } = outcomesOf('name');

/** What the start will do about it, and what else could be done. */
const REMEDIES: Record<Spec['conflictPolicy'], string> = {
  Rename: 'the next free name is taken; or end that session, or set session.name',
  Adopt: 'it is adopted if nobody has tagged it; or set session.name',
  Replace: 'it is killed and replaced if nobody has tagged it; or set session.name',
  Fail: 'the start will fail: end or rename that session, or set session.name',
};

const ownerOf = ({ tags, claimed, id }: ListedSession): string => {
  if (tags !== null) return `session ${id} of Project ${tags.project}`;
  return claimed ? `session ${id} of another installation of tmuxlet` : `session ${id}, which is not ours`;
};

/** Does somebody else have the name that the session is to have? The conflict policy decides at the start itself. */
export const checkName = (project: string, spec: Spec, sessions: readonly ListedSession[]): CheckResult => {
  const name = sessionNameOf(project, spec);
  const rival = sessions.find((session) => session.name === name && session.tags?.project !== project);
  return rival === undefined
    ? pass(`session name ${name} is free, or its own`)
    : warn(`session name ${name} is taken by ${ownerOf(rival)}`, REMEDIES[spec.conflictPolicy]);
};
