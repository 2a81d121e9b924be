import * as unit from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../dashboard.ts';
import { thresholds } from '../looks.ts';
import { lines, stacked } from '../panels.ts';
import { anyBy, metric } from '../promql.ts';
import { PROJECT_TABLE } from './project-table.ts';
import { table } from '../table.ts';

const PICKED = 'queue=~"$queue"';

const queueTable = table(
  {
    title: 'Queues',
    description:
      'Places taken and given, and who waits for one. A queue that is full for long wants more places (maxConcurrent), or shorter jobs.',
    unit: unit.Short,
    width: 8,
    height: 8,
  },
  [{ label: 'queue', name: 'Queue' }],
  [
    { expr: `sum by (queue) (${metric('tmuxlet_queue_admitted', PICKED)})`, name: 'Places taken', unit: unit.Short },
    { expr: `sum by (queue) (${metric('tmuxlet_queue_limit', PICKED)})`, name: 'Places', unit: unit.Short },
    {
      expr: `sum by (queue) (${metric('tmuxlet_queue_waiting', PICKED)})`,
      name: 'Waiting',
      unit: unit.Short,
      thresholds: thresholds('transparent', [1, 'blue']),
    },
    {
      expr: `max by (queue) (${metric('tmuxlet_queue_longest_wait_seconds', PICKED)})`,
      name: 'Longest wait',
      unit: unit.DurationSeconds,
    },
  ],
  { by: 'Waiting', descending: true },
);

export const WHAT_IS_STUCK: Row = {
  title: 'What is stuck, and why?',
  panels: [
    PROJECT_TABLE,
    queueTable,
    stacked(
      {
        title: 'Why Projects wait',
        description:
          'Projects that are to have a session and have none, by what they wait for: a place, checks that pass, a dependency, a free name, a server.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: anyBy('reason', metric('tmuxlet_queue_waiting', PICKED)), legend: '{{reason}}' },
    ),
    lines(
      {
        title: 'Longest wait for a place',
        description:
          'How long the first in line of each queue has waited for nothing but a place. A line that only rises is a queue that is starved.',
        unit: unit.Seconds,
        width: 8,
        height: 8,
      },
      { expr: `max by (queue) (${metric('tmuxlet_queue_longest_wait_seconds', PICKED)})`, legend: '{{queue}}' },
    ),
  ],
};
