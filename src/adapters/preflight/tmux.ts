import type { CheckResult } from '../../api/check.ts';
import { outcomesOf } from './outcome.ts';
import type { Ended } from '../programs/program.ts';

/** The first with `new-session -e`, by which a session is tagged at its birth. */
const OLDEST = [3, 2] as const;

const { pass, warn, fail } = outcomesOf('tmux');

/** What `tmux -V` says. Versions between releases (`next-3.4`, `openbsd-7.4`, `master`) are told by their number, if any. */
export const checkTmux = (ended: Ended): CheckResult => {
  const remedy = `install tmux ${OLDEST.join('.')} or newer`;
  if (ended.how !== 'Exited' || ended.code !== 0) return fail('tmux cannot be run', remedy);
  const { output } = ended;
  const [, major, minor] = /^tmux (?:next-)?(\d+)\.(\d+)/.exec(output) ?? [];
  if (major === undefined) return warn(`${output}: of no known version`, `if sessions do not start, ${remedy}`);
  const isNew = Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
  return isNew ? pass(output) : fail(`${output} is too old`, remedy);
};
