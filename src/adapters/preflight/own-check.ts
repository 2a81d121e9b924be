import type { CheckResult } from '../../api/decision.ts';
import type { Spec } from '../../api/manifest.ts';
import { fail, pass, warn } from './outcome.ts';
import type { Ended } from './run-program.ts';

/** A check that the manifest brings. */
export type OwnCheck = Spec['preflight']['checks'][number];

/** What the end of its program says. One that is not critical can only warn. */
export const verdictOf = ({ name, critical, timeoutSeconds }: OwnCheck, ended: Ended): CheckResult => {
  const bad = critical ? fail : warn;
  const lastLine = ended.output.split('\n').at(-1) ?? '';
  const said = lastLine === '' ? '' : `: ${lastLine}`;
  switch (ended.how) {
    case 'Exited':
      return ended.code === 0
        ? pass(name, lastLine === '' ? 'passed' : lastLine)
        : bad(name, `exit code ${ended.code}${said}`, `see what preflight.checks "${name}" asks for`);
    case 'TimedOut':
      return bad(
        name,
        `not done after ${timeoutSeconds} s, ended${said}`,
        'give it a larger timeoutSeconds, or mend it',
      );
    case 'NotStarted':
      return bad(name, ended.message, `correct the command of preflight.checks "${name}"`);
  }
};
