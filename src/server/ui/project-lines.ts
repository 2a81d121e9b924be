import { type Deadline, deadlinesOf } from '../../api/deadlines.ts';
import type { Condition, ConditionType } from '../../api/condition.ts';
import type { Phase } from '../../api/phase.ts';
import type { ProjectRow } from '../../api/project.ts';
import { heartbeatView, type LiveBeatsOf } from '../views/heartbeat.ts';
import { TONES, type Tone, toneOfPhase } from './parts/phase.ts';

/** A Project as one line of the list. */
export interface ProjectLine {
  readonly name: string;
  readonly queue: string;
  readonly phase: Phase;
  readonly reason: string;
  readonly message: string;
  readonly tone: Tone;
  readonly createdAt: number;
  readonly attempt: number;
  readonly restarts: number;
  readonly heartbeat: { readonly lastBeatAt: number | null; readonly stale: boolean } | null;
  readonly next: Deadline | null;
}

/** What is asked of the list; empty for everything. */
export interface Filter {
  /** Part of the name. */
  readonly name: string;
  readonly phase: string;
  readonly queue: string;
  /** Only what wants to be looked at. */
  readonly trouble: boolean;
}

/** Conditions that are trouble whatever the phase, by the status that says so. */
const TROUBLES: readonly (readonly [ConditionType, Condition['status']])[] = [
  ['Stalled', 'True'],
  ['NameConflict', 'True'],
  ['ManifestValid', 'False'],
  ['PreflightPassed', 'False'],
  ['SessionAvailable', 'Unknown'],
];

/** Waits that do not end by themselves. */
const HOPELESS = new Set(['DependencyFailed', 'DependencyNotFound']);

type Trouble = Pick<Condition, 'reason' | 'message'>;

const troubleOf = ({ memory }: ProjectRow): Trouble | undefined =>
  HOPELESS.has(memory.reason)
    ? memory
    : memory.conditions.find(({ type, status }) => TROUBLES.some(([of, when]) => of === type && when === status));

export const lineOf = (row: ProjectRow, beatsOf: LiveBeatsOf, nowMs: number): ProjectLine => {
  const { name, memory, createdAt } = row;
  const trouble = troubleOf(row);
  const ofPhase = toneOfPhase(memory.phase);
  const heartbeat = heartbeatView(row, beatsOf);
  return {
    name,
    queue: row.spec.queue,
    phase: memory.phase,
    reason: trouble?.reason ?? memory.reason,
    message: trouble?.message ?? memory.message,
    tone: trouble === undefined || ofPhase === 'bad' ? ofPhase : 'warn',
    createdAt,
    attempt: memory.attempt,
    restarts: memory.restarts,
    heartbeat,
    next: deadlinesOf(row, heartbeat?.lastBeatAt ?? null, nowMs)[0] ?? null,
  };
};

export const isTrouble = ({ tone }: Pick<ProjectLine, 'tone'>): boolean => tone === 'bad' || tone === 'warn';

/** Trouble first, then what is under way; among equals by name. */
export const byTrouble = (a: ProjectLine, b: ProjectLine): number =>
  TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || (a.name < b.name ? -1 : 1);

export const matches =
  ({ name, phase, queue, trouble }: Filter) =>
  (line: ProjectLine): boolean =>
    line.name.includes(name.trim().toLowerCase()) &&
    (phase === '' || line.phase === phase) &&
    (queue === '' || line.queue === queue) &&
    (!trouble || isTrouble(line));
