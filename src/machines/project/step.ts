import type { Action } from '../../api/action.ts';
import type { AttemptChange, Plan } from '../../api/decision.ts';
import type { NewEvent } from '../../api/event.ts';
import type { Memory } from '../../api/memory.ts';
import type { Phase } from '../../api/phase.ts';
import type { Situation } from './situation.ts';

/** What a rule does: the part of a plan it decides. What it leaves out stays as it is. */
export interface Step {
  readonly memory?: Partial<Memory>;
  readonly events?: readonly NewEvent[];
  readonly actions?: readonly Action[];
  readonly attempt?: AttemptChange;
  readonly acknowledge?: Plan['acknowledge'];
  readonly retry?: boolean;
  /** Look again at once: a next rule is due although nothing outside changed. */
  readonly again?: boolean;
}

/** One line of the decision table. `to` null keeps the phase. */
export interface Rule {
  /** The rule in one English line: shown by `plan`, by the trace, and in the state diagram. */
  readonly line: string;
  readonly when: (s: Situation) => boolean;
  readonly to: Phase | null;
  readonly step: (s: Situation) => Step;
  /** What it mends, in words that follow "would"; while mending is off the rule only says so. */
  readonly mends?: string;
}

/** An event about this Project. */
export const event = (s: Situation, type: NewEvent['type'], reason: string, message: string): NewEvent => ({
  type,
  reason,
  message,
  object: `Project/${s.project.name}`,
});

/** Reason and message of the phase, for the row. */
export const because = (reason: string, message: string): Pick<Memory, 'reason' | 'message'> => ({ reason, message });

/** An event only when the reason is news: a wait that goes on is silent (I7). */
export const onChange = (s: Situation, type: 'Normal' | 'Warning', reason: string, message: string): Step => ({
  memory: because(reason, message),
  events: s.memory.reason === reason && s.memory.message === message ? [] : [event(s, type, reason, message)],
});
