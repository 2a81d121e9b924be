import type { CheckResult } from '../../api/decision.ts';
import type { Spec } from '../../api/manifest.ts';
import { fail, pass } from './outcome.ts';
import type { Ended } from './run-program.ts';

const NAME = 'git';

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
  if (inside.how === 'NotStarted') return [fail(NAME, inside.message, 'install git')];
  if (inside.how === 'TimedOut') return [fail(NAME, `git did not answer in ${path}`, 'see what git does there')];
  if (inside.code !== 0 || inside.stdout !== 'true') {
    const remedy = 'make it a git repository, or set preflight.git to Ignore';
    return [fail(NAME, inside.code === 0 ? `${path} is no work tree` : inside.output, remedy)];
  }
  return [mode === 'Required' ? pass(NAME, `${path} is a git work tree`) : await checkClean(path, git)];
};

const checkClean = async (path: string, git: RunGit): Promise<CheckResult> => {
  const status = await git('status', '--porcelain');
  const remedy = 'commit or put away the changes, or set preflight.git to Required';
  if (status.how !== 'Exited' || status.code !== 0) return fail(NAME, `git status failed in ${path}`, remedy);
  if (status.stdout === '') return pass(NAME, `${path} has no uncommitted changes`);
  const [first, ...others] = status.stdout.split('\n');
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return fail(NAME, `${path} has uncommitted changes: ${first}${more}`, remedy);
};
