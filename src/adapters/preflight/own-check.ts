import type { CheckResult } from '../../api/check.ts';
import type { Spec } from '../../api/manifest.ts';
import { outcomesOf } from './outcome.ts';
import type { Ended } from '../programs/program.ts';

/** A check that the manifest brings. */
export type OwnCheck = Spec['preflight']['checks'][number];

/** What the end of its program says. One that is not critical can only warn. */
export const verdictOf = ({ name, critical, timeoutSeconds }: OwnCheck, ended: Ended): CheckResult => {
  const { pass, warn, fail } = outcomesOf('manifest', name);
  const bad = critical ? fail : warn;
  const lastLine = ended.output.split('\n').at(-1) ?? '';
  const said = lastLine === '' ? '' : `: ${lastLine}`;
  switch (ended.how) {
    case 'Exited':
      return ended.code === 0
        ? pass(lastLine === '' ? 'passed' : lastLine)
        : bad(`exit code ${ended.code}${said}`, `see what preflight.checks "${name}" asks for`);
    case 'TimedOut':
      return bad(`not done after ${timeoutSeconds} s, ended${said}`, 'give it a larger timeoutSeconds, or mend it');
    case 'NotStarted':
      return bad(ended.message, `correct the command of preflight.checks "${name}"`);
  }
};
