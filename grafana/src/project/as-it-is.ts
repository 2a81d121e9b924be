import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { NEUTRAL, PHASE_WORDS, phaseNumber, thresholds } from '../looks.ts';
import { stat } from '../panels.ts';
import { metric } from '../promql.ts';

const PICKED = 'project="$project"';

const line = { unit: unit.Short, width: 3, height: 4 };

export const AS_IT_IS: Row = {
  title: '$project, as it is',
  panels: [
    stat(
      {
        ...line,
        title: 'Phase',
        description: 'Where in its life the Project is. `tmuxlet describe NAME` says why in words.',
      },
      phaseNumber(PICKED),
    )
      .mappings(PHASE_WORDS)
      .noValue('no such Project'),
    stat(
      {
        ...line,
        title: 'Queue',
        description: 'The queue it takes its place from.',
      },
      metric('tmuxlet_project_info', PICKED),
      '{{queue}}',
    )
      .textMode(BigValueTextMode.Name)
      .thresholds(NEUTRAL),
    stat(
      { ...line, title: 'Age', description: 'Since it was first declared.', unit: unit.DurationSeconds },
      `time() - ${metric('tmuxlet_project_created_timestamp_seconds', PICKED)}`,
    )
      .decimals(0)
      .thresholds(NEUTRAL),
    stat(
      {
        ...line,
        title: 'Attempt',
        description: 'Sessions it has had. More than a few in a day want a look at why they end.',
      },
      metric('tmuxlet_project_attempt', PICKED),
    ).thresholds(NEUTRAL),
    stat(
      {
        ...line,
        title: 'Failures in a row',
        description: 'Ends that counted as failures since the last good run; at backoffLimit it is given up.',
      },
      metric('tmuxlet_project_failures', PICKED),
    ).thresholds(thresholds('green', [2, 'orange'], [5, 'red'])),
    stat(
      {
        ...line,
        title: 'Last heartbeat',
        description: 'Age of the last sign of life; longer than staleAfterSeconds of its manifest is stale.',
        unit: unit.DurationSeconds,
      },
      metric('tmuxlet_project_heartbeat_age_seconds', PICKED),
    )
      .thresholds(NEUTRAL)
      .noValue('none asked for'),
    stat(
      {
        ...line,
        title: 'Next deadline in',
        description:
          'When the controller does something about it next unless something happens before: a deadline, a retry, a clean-up.',
        unit: unit.DurationSeconds,
      },
      `${metric('tmuxlet_project_next_deadline_timestamp_seconds', PICKED)} - time()`,
    )
      .thresholds(NEUTRAL)
      .noValue('none'),
    stat(
      {
        ...line,
        title: 'Lock held',
        description:
          'How long its lock has been held, and for what. Held by a person, nothing is done to its session: `tmuxlet get locks`.',
        unit: unit.DurationSeconds,
      },
      metric('tmuxlet_project_lock_held_seconds', PICKED),
      '{{purpose}}',
    )
      .textMode(BigValueTextMode.ValueAndName)
      .thresholds(thresholds('green', [60, 'orange'], [600, 'red']))
      .noValue('free'),
  ],
};
