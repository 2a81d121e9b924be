import { isTerminal } from '../../api/phase.ts';
import { onChange, type Rule } from './step.ts';

/** A rule that mends nothing while mending is off (STATE_SYNC_DRY_RUN): it holds the Project and says what it would do. */
const held = (rule: Rule, mends: string): Rule => ({
  line: `mending is off: say that this would ${mends}, and hold`,
  when: (s) => !s.mending && rule.when(s),
  to: null,
  // A finished Project keeps the reason why it is; the synchronizer says the rest.
  step: (s) => (isTerminal(s.memory.phase) ? {} : onChange(s, 'Normal', 'StateSyncDryRun', `would ${mends}`)),
});

/** Puts before each rule that mends the one that stands in for it while mending is off. */
export const withDryMending = (rules: readonly Rule[]): readonly Rule[] =>
  rules.flatMap((rule) => (rule.mends === undefined ? [rule] : [held(rule, rule.mends), rule]));
