import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import type { ConditionType } from '../../src/api/condition.ts';
import { projectAnnotations } from './annotations.ts';
import { frame, numbered, projectVariable, queueVariable } from './dashboard.ts';
import { BAD_WHEN_TRUE, GOOD_WHEN_TRUE, NEUTRAL, PHASE_WORDS, phaseNumber, thresholds, words } from './looks.ts';
import { bars, lines, stacked, stairs, stat, timeline } from './panels.ts';
import { grown, metric } from './promql.ts';

const PICKED = 'project="$project"';

const TROUBLE: readonly ConditionType[] = ['NameConflict', 'Stalled', 'Failed'];

/** Of a value for each queue, that of the queue of the picked Project. */
const ofItsQueue = (expr: string): string => `${expr}\n  and on (queue) ${metric('tmuxlet_project_info', PICKED)}`;

const line = { unit: unit.Short, width: 3, height: 4 };

const asItIs = [
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
  ).thresholds(thresholds('green', [1, 'orange'], [5, 'red'])),
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
];

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
for (const type of TROUBLE) conditions.overrideByName(type, [{ id: 'mappings', value: BAD_WHEN_TRUE }]);

export const project = (): Dashboard => {
  const builder = frame({
    uid: 'tmuxlet-project',
    title: 'tmuxlet: Project',
    description: 'One Project’s life',
    from: 'now-3h',
    refresh: '10s',
    variables: [queueVariable(), projectVariable()],
    annotations: projectAnnotations(),
  });
  builder.withRow(new RowBuilder('$project, as it is'));
  for (const panel of asItIs) builder.withPanel(panel);
  builder
    .withRow(new RowBuilder('Its life'))
    .withPanel(
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
    )
    .withPanel(conditions)
    .withPanel(
      stairs(
        {
          title: 'Attempts, restarts, failures',
          description:
            'An attempt is a new session, a restart runs the primary again in its window, a failure in a row counts towards backoffLimit.',
          unit: unit.Short,
          width: 12,
          height: 8,
        },
        { expr: metric('tmuxlet_project_attempt', PICKED), legend: 'attempts' },
        { expr: metric('tmuxlet_project_restarts', PICKED), legend: 'restarts' },
        { expr: metric('tmuxlet_project_failures', PICKED), legend: 'failures in a row' },
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Heartbeat and deadline',
          description:
            'Age of the last sign of life, and the time until the next deadline. A saw is well; a line that only rises is a Project that has stopped getting on.',
          unit: unit.Seconds,
          width: 12,
          height: 8,
        },
        { expr: metric('tmuxlet_project_heartbeat_age_seconds', PICKED), legend: 'since the last heartbeat' },
        {
          expr: `clamp_min(${metric('tmuxlet_project_next_deadline_timestamp_seconds', PICKED)} - time(), 0)`,
          legend: 'until the next deadline',
        },
      ).noValue('This Project has neither heartbeat nor deadline'),
    )
    .withRow(new RowBuilder('Was it this Project, or all of them?'))
    .withPanel(
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
    )
    .withPanel(
      stairs(
        {
          title: 'Places in its queue',
          description:
            'Places taken of those there are. Full, and this Project in phase Queued: it waits for its turn.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: ofItsQueue(metric('tmuxlet_queue_admitted')), legend: 'taken' },
        { expr: ofItsQueue(metric('tmuxlet_queue_limit')), legend: 'there are' },
      ),
    )
    .withPanel(
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
    )
    .withPanel(
      bars(
        {
          title: 'Events of all Projects',
          description:
            'How much happened in the fleet, by type. `tmuxlet get events` with the name of the Project tells its own.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: `sum by (type) ${grown(metric('tmuxlet_events_total'))}`, legend: '{{type}}' },
      ),
    );
  return numbered(builder);
};
