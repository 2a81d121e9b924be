import type { RestartPolicy, Spec } from '../api/manifest.ts';

/** What the end of the primary's process means. `Ignore` restarts without counting a failure. */
export type ExitVerdict = 'Complete' | 'Restart' | 'Fail' | 'Ignore';

const byRestartPolicy = (policy: RestartPolicy, exitCode: number | null): ExitVerdict => {
  switch (policy) {
    case 'Always':
      return 'Restart';
    case 'OnFailure':
      return exitCode === 0 ? 'Complete' : 'Restart';
    case 'Never':
      return exitCode === 0 ? 'Complete' : 'Fail';
  }
};

/** The exit policy is asked first, the restart policy second. An exit code nobody saw is no success. */
export const exitVerdict = (
  exitCode: number | null,
  exitPolicy: Spec['exitPolicy'],
  policy: RestartPolicy,
): ExitVerdict =>
  exitPolicy.find((rule) => exitCode !== null && rule.exitCodes.includes(exitCode))?.action ??
  byRestartPolicy(policy, exitCode);
