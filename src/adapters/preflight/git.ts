import type { CheckResult } from '../../api/check.ts';
import type { Spec } from '../../api/manifest.ts';
import { outcomesOf } from './outcome.ts';
import type { Ended } from '../programs/program.ts';

const { pass, fail } = outcomesOf('git');

/** Runs git in the Project's path. */
export type RunGit = (...args: readonly string[]) => Promise<Ended>;

/** Never asks a question, and never refreshes the index, which would write into the Project's path. */
export const GIT_ENVIRONMENT = { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };

export const checkGit = async (
  mode: Spec['preflight']['git'],
  path: string,
  git: RunGit,
): Promise<readonly CheckResult[]> => {
  if (mode === 'Ignore') return [];
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.how === 'NotStarted') return [fail(inside.message, 'install git')];
  if (inside.how === 'TimedOut') return [fail(`git did not answer in ${path}`, 'see what git does there')];
  if (inside.code !== 0 || inside.stdout !== 'true') {
    return [fail(inside.code === 0 ? `${path} is no work tree` : inside.output, remedyOf(inside.output, path))];
  }
  const [tree, registrations] = await Promise.all([
    mode === 'Required' ? pass(`${path} is a git work tree`) : checkClean(path, git),
    checkWorktrees(path, git),
  ]);
  return [tree, registrations];
};

/** A worktree whose registration was taken away still has its files, and they may be all that is left of some work. */
const remedyOf = (said: string, path: string): string =>
  /not a git repository: \S*\/worktrees\//.test(said)
    ? `its registration is gone: in the main repository, git worktree repair ${path}; keep the files until then`
    : 'make it a git repository, or set preflight.git to Ignore';

const checkClean = async (path: string, git: RunGit): Promise<CheckResult> => {
  const status = await git('status', '--porcelain');
  const remedy = 'commit or put away the changes, or set preflight.git to Required';
  if (status.how !== 'Exited' || status.code !== 0) return fail(`git status failed in ${path}`, remedy);
  if (status.stdout === '') return pass(`${path} has no uncommitted changes`);
  const [first, ...others] = status.stdout.split('\n');
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return fail(`${path} has uncommitted changes: ${first}${more}`, remedy);
};

/**
 * Registrations of worktrees whose folders are gone keep their branches checked out, and so in the way (failure 56).
 * They are told, and not pruned: nothing is written here.
 */
const checkWorktrees = async (path: string, git: RunGit): Promise<CheckResult> => {
  const outcomes = outcomesOf('worktrees');
  const listed = await git('worktree', 'list', '--porcelain');
  if (listed.how !== 'Exited' || listed.code !== 0) {
    return outcomes.warn(`git worktree list failed in ${path}`, 'see what git says there');
  }
  const entries = listed.stdout.split('\n\n');
  const gone = entries.filter((entry) => /^prunable/m.test(entry)).map((entry) => /^worktree (.*)$/m.exec(entry)?.[1]);
  return gone.length === 0
    ? outcomes.pass('every registered worktree is there')
    : outcomes.warn(`registered and gone: ${gone.join(', ')}`, `git -C ${path} worktree prune`);
};
