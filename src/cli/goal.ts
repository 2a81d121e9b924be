import { closest } from 'fastest-levenshtein';
import { CONDITION_TYPES } from '../api/condition.ts';
import { UserError } from '../api/errors.ts';
import { PHASES } from '../api/phase.ts';
import type { ProjectObject } from '../api/project.ts';

/** What `wait --for` waits for: is it reached by the Project as it is, or by there being none (null)? */
export type Goal = (project: ProjectObject | null) => boolean;

const STATUSES = ['True', 'False', 'Unknown'];

/**
 * `condition=Ready`, `condition=Ready=False`, `phase=Running`, `delete`; case does not matter, as with kubectl.
 * @throws UserError (exit code 2) for anything else
 */
export const parseGoal = (text: string): Goal => {
  const [what = '', name = '', status = 'True', ...more] = text.split('=');
  if (more.length === 0) {
    if (what === 'delete' && !text.includes('=')) return (project) => project === null;
    if (what === 'condition') {
      const type = oneOf('condition', name, CONDITION_TYPES);
      const wanted = oneOf('status', status, STATUSES);
      return (project) => project?.status.conditions.some((one) => one.type === type && one.status === wanted) ?? false;
    }
    if (what === 'phase' && text.split('=').length === 2) {
      const phase = oneOf('phase', name, PHASES);
      return (project) => project?.status.phase === phase;
    }
  }
  throw new UserError(`--for: must be condition=TYPE[=STATUS], phase=PHASE or delete, not "${text}"`, 2);
};

const oneOf = (what: string, word: string, known: readonly string[]): string => {
  const found = known.find((each) => each.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return found;
  throw new UserError(`--for: there is no ${what} "${word}"; did you mean "${closest(word, known)}"?`, 2);
};
