import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { words } from '../looks.ts';
import { bars, stacked, stairs, timeline } from '../panels.ts';
import { metric, newSteps } from '../promql.ts';

const PICKED = 'project="$project"';

/** Of a value for each queue, that of the queue of the picked Project. */
const ofItsQueue = (expr: string): string => `${expr}\n  and on (queue) ${metric('tmuxlet_project_info', PICKED)}`;

export const OR_ALL: Row = {
  title: 'Was it this Project, or all of them?',
  panels: [
    timeline(
      {
        title: 'What all depend on',
        description:
          'Controller, loop, tmux servers and the breaker in the same time. Red here explains more than one Project.',
        unit: unit.Short,
        width: 24,
        height: 6,
      },
      { expr: metric('up'), legend: 'controller' },
      { expr: metric('tmuxlet_loop_up'), legend: 'loop' },
      { expr: metric('tmuxlet_tmux_up'), legend: 'tmux server {{shard}}' },
      { expr: `1 - ${metric('tmuxlet_fleet_breaker_open')}`, legend: 'starts let through' },
    ).mappings(words({ 1: ['well', 'green'], 0: ['not well', 'red'] })),
    stairs(
      {
        title: 'Places in its queue',
        description: 'Places taken of those there are. Full, and this Project in phase Queued: it waits for its turn.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: ofItsQueue(metric('tmuxlet_queue_admitted')), legend: 'taken' },
      { expr: ofItsQueue(metric('tmuxlet_queue_limit')), legend: 'there are' },
    ),
    stacked(
      {
        title: 'Who waits in its queue, and for what',
        description: 'Projects in line in the same queue, by reason.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: ofItsQueue(metric('tmuxlet_queue_waiting')), legend: '{{reason}}' },
    ),
    bars(
      {
        title: 'Events of all Projects',
        description: 'How much happened in the fleet, by type. `tmuxlet events NAME` tells its own.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: `sum by (type) (${newSteps(metric('tmuxlet_events_total'))})`, legend: '{{type}}' },
    ),
  ],
};
