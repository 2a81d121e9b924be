import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { bars, lines } from '../panels.ts';
import { anyBy, metric, quantile, steps } from '../promql.ts';

const third = { width: 8, height: 8 };

export const ACTS: Row = {
  title: 'Acts, checks and locks',
  panels: [
    bars(
      {
        ...third,
        title: 'Acts',
        description: 'What was done to the world, by result. Errors are tried again with back-off.',
        unit: unit.Short,
      },
      { expr: anyBy('result', steps(metric('tmuxlet_actions_total'))), legend: '{{result}}' },
    ),
    bars(
      {
        ...third,
        title: 'Pre-flight checks',
        description: 'What the checks before starts said. What fails holds its Project, and the Project says why.',
        unit: unit.Short,
      },
      { expr: anyBy('result', steps(metric('tmuxlet_preflight_checks_total'))), legend: '{{result}}' },
    ),
    lines(
      {
        ...third,
        title: 'Locks',
        description:
          'How long acts waited for a lock that somebody else held, and how long the controller itself held one.',
        unit: unit.Seconds,
      },
      { expr: quantile(0.99, 'tmuxlet_lock_wait_seconds'), legend: 'waited for, p99' },
      { expr: quantile(0.99, 'tmuxlet_lock_hold_seconds'), legend: 'held, p99' },
    ),
  ],
};
