import * as unit from '@grafana/grafana-foundation-sdk/units';
import type { ConditionType } from '../../../src/api/condition.ts';
import { type Row } from '../dashboard.ts';
import { BAD_WHEN_TRUE, GOOD_WHEN_TRUE, NEITHER, PHASE_WORDS, phaseNumber } from '../looks.ts';
import { lines, stairs, timeline } from '../panels.ts';
import { metric } from '../promql.ts';

const PICKED = 'project="$project"';

const TROUBLE: readonly ConditionType[] = ['NameConflict', 'Stalled', 'Failed'];

const conditions = timeline(
  {
    title: 'Conditions',
    description:
      'Each aspect of the Project. Orange and red are what keeps it from being well, purple is what could not be observed.',
    unit: unit.Short,
    width: 24,
    height: 9,
  },
  {
    expr: `max by (condition) (${metric('tmuxlet_project_condition', PICKED)})`,
    legend: '{{condition}}',
  },
).mappings(GOOD_WHEN_TRUE);
conditions.overrideByName('Complete', [{ id: 'mappings', value: NEITHER }]);
for (const type of TROUBLE) conditions.overrideByName(type, [{ id: 'mappings', value: BAD_WHEN_TRUE }]);

export const ITS_LIFE: Row = {
  title: 'Its life',
  panels: [
    timeline(
      {
        title: 'Phases',
        description: 'The phases it went through. The marks are its attempts and restarts, and what happened to all.',
        unit: unit.Short,
        width: 24,
        height: 4,
      },
      { expr: phaseNumber(PICKED), legend: '{{project}}' },
    ).mappings(PHASE_WORDS),
    conditions,
    stairs(
      {
        title: 'Attempts, restarts, failures',
        description:
          'An attempt is a new session, a restart runs the primary again in its window, a failure in a row counts towards backoffLimit.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: metric('tmuxlet_project_attempt', PICKED), legend: 'attempts' },
      { expr: metric('tmuxlet_project_restarts', PICKED), legend: 'restarts' },
      { expr: metric('tmuxlet_project_failures', PICKED), legend: 'failures in a row' },
    ),
    lines(
      {
        title: 'Heartbeat',
        description:
          'Age of the last sign of life. A saw is well; a line that only rises is a Project that has stopped getting on.',
        unit: unit.Seconds,
        width: 8,
        height: 8,
      },
      { expr: metric('tmuxlet_project_heartbeat_age_seconds', PICKED), legend: 'since the last heartbeat' },
    ).noValue('This Project is asked for no heartbeat'),
    lines(
      {
        title: 'Next deadline',
        description:
          'Time until something is done because of the time alone: the end of a back-off, of a start, of the running time allowed.',
        unit: unit.Seconds,
        width: 8,
        height: 8,
      },
      {
        expr: `clamp_min(${metric('tmuxlet_project_next_deadline_timestamp_seconds', PICKED)} - time(), 0)`,
        legend: 'until the next deadline',
      },
    ).noValue('This Project has no deadline'),
  ],
};
