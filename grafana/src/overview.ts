import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import { PHASES } from '../../src/api/phase.ts';
import { frame, numbered, queueVariable, TO_PROJECT } from './dashboard.ts';
import {
  NEUTRAL,
  NONE_IS_BEST,
  NONE_IS_WELL,
  PHASE_COLORS,
  PHASE_WORDS,
  phaseNumber,
  thresholds,
  words,
} from './looks.ts';
import { bars, lines, stacked, stat } from './panels.ts';
import { grown, inRange, metric, orZero, steps } from './promql.ts';
import { table } from './table.ts';

const PICKED = 'queue=~"$queue"';

/** Of a value for each Project, those in the picked queues. */
const ofPicked = (expr: string): string => `${expr}\n  and on (project) ${metric('tmuxlet_project_info', PICKED)}`;

const condition = (type: string): string =>
  ofPicked(`max by (project) (${metric('tmuxlet_project_condition', `condition="${type}"`)})`);

/** How much a Project needs a person: what the table of Projects is sorted by. */
const URGENCY = ofPicked(`max by (project) (
  3 * (${metric('tmuxlet_project_condition', 'condition=~"Failed|Stalled"')} == 1)
  or 2 * ${metric('tmuxlet_project_phase', 'phase=~"Pending|BackingOff"')}
  or 1 * ${metric('tmuxlet_project_phase', 'phase=~"Queued|Waiting|Starting|Terminating"')}
  or 0 * ${metric('tmuxlet_project_info')}
)`);

const URGENCY_WORDS = words({
  3: ['act', 'red'],
  2: ['look', 'orange'],
  1: ['waits', 'blue'],
  0: ['well', 'green'],
});

/** Where `well` needs no colour, so that trouble stands out. */
const onlyTrouble = (well: string, trouble: string, wellWhen: 0 | 1) =>
  words({
    [wellWhen]: [well, 'transparent'],
    [1 - wellWhen]: [trouble, 'red'],
    '-1': ['unknown', 'transparent'],
  });

const line = { unit: unit.Short, width: 4, height: 3 };

const health = [
  stat(
    {
      ...line,
      title: 'Controller',
      description:
        'Whether Prometheus reaches the controller. Down: sessions live on, but nobody mends them. Look at the service (`systemctl status tmuxlet`) and its log.',
    },
    metric('up'),
  )
    .thresholds(thresholds('red', [1, 'green']))
    .mappings(words({ 1: ['Up', 'green'], 0: ['Down', 'red'] }))
    .noValue('not scraped'),
  stat(
    {
      ...line,
      title: 'Loop',
      description:
        'What /livez says: whether the controllers finish their passes. Stuck: one pass has taken longer than two minutes; the dashboard Controller shows which.',
    },
    metric('tmuxlet_loop_up'),
  )
    .thresholds(thresholds('red', [1, 'green']))
    .mappings(words({ 1: ['Turning', 'green'], 0: ['Stuck', 'red'] }))
    .noValue('not seen'),
  stat(
    {
      ...line,
      title: 'tmux',
      description:
        'Whether every tmux server that should be there answers. Silent: what cannot be seen is Unknown, and nothing is started or stopped there until it answers again.',
    },
    `min(${metric('tmuxlet_tmux_up')})`,
  )
    .thresholds(thresholds('red', [1, 'green']))
    .mappings(words({ 1: ['Answers', 'green'], 0: ['Silent', 'red'] }))
    .noValue('not seen'),
  stat(
    {
      ...line,
      title: 'Store errors',
      description:
        'Transactions of the database that failed in the time shown. Any is one too many: look for a full disk or a damaged file (`tmuxlet doctor`).',
    },
    inRange(metric('tmuxlet_store_errors_total')),
  )
    .decimals(0)
    .thresholds(NONE_IS_WELL),
  stat(
    {
      ...line,
      title: 'Disk free',
      description:
        'Free part of the file system of the state directory. Below 10 % make room: the record, logs and state files are written there.',
      unit: unit.PercentUnit,
    },
    `${metric('tmuxlet_state_free_bytes')} / ${metric('tmuxlet_state_total_bytes')}`,
  )
    .decimals(0)
    .thresholds(thresholds('red', [0.05, 'orange'], [0.1, 'green'])),
  stat(
    {
      ...line,
      title: 'Breaker',
      description:
        'Open: most resumes of the fleet fail, so starts are held while one Project probes. Something that all share is broken: a disk, a network, a tool.',
    },
    metric('tmuxlet_fleet_breaker_open'),
  )
    .thresholds(NONE_IS_WELL)
    .mappings(words({ 0: ['Closed', 'green'], 1: ['Open', 'red'] })),
];

const projects = [
  stat(
    { ...line, title: 'Running', description: 'Projects of the picked queues whose primary is seen running.' },
    `sum(${metric('tmuxlet_projects', `phase="Running",${PICKED}`)})`,
  ).thresholds(NEUTRAL),
  stat(
    {
      ...line,
      title: 'Failed',
      description:
        'Projects that were given up. They stay so until a person acts: `tmuxlet describe NAME` says why, `tmuxlet restart NAME` tries again.',
    },
    `sum(${metric('tmuxlet_projects', `phase="Failed",${PICKED}`)})`,
  ).thresholds(NONE_IS_WELL),
  stat(
    {
      ...line,
      title: 'Stalled',
      description:
        'Projects that run and give no sign of life. `tmuxlet attach NAME` shows what they do; onStale in their manifest says what is done about it.',
    },
    metric('tmuxlet_projects_stalled'),
  ).thresholds(NONE_IS_WELL),
  stat(
    {
      ...line,
      title: 'Phantoms',
      description:
        'Projects that the record calls Running and whose session is proven absent for longer than a pass needs. It should be 0; anything else is a fault of tmuxlet.',
    },
    metric('tmuxlet_phantom_projects'),
  ).thresholds(NONE_IS_WELL),
  stat(
    {
      ...line,
      title: 'Waiting',
      description: 'Projects in line for a place, a dependency, a name or a server; the queues below say for which.',
    },
    `sum(${metric('tmuxlet_queue_waiting', PICKED)})`,
  ).thresholds(NEUTRAL),
  stat(
    {
      ...line,
      title: 'Longest wait',
      description: 'How long the first in line has waited. Long with places free: look at the reasons below.',
      unit: unit.DurationSeconds,
    },
    `max(${metric('tmuxlet_queue_longest_wait_seconds', PICKED)})`,
  )
    .decimals(0)
    .thresholds(thresholds('blue', [3600, 'orange'], [6 * 3600, 'red'])),
];

const looseEnds = [
  stat(
    {
      ...line,
      title: 'Orphans',
      description: 'Sessions with our tag that no Project claims. `tmuxlet get sessions` says what becomes of each.',
    },
    `sum(${metric('tmuxlet_orphans')})`,
  ).thresholds(NONE_IS_BEST),
  stat(
    {
      ...line,
      title: 'Broken manifests',
      description:
        'Files that do not parse; the last good text stays in force. `tmuxlet get manifests` says where they are wrong.',
    },
    metric('tmuxlet_manifests', 'state="bad"'),
  ).thresholds(NONE_IS_BEST),
  stat(
    {
      ...line,
      title: 'Undelivered messages',
      description:
        'Alerts that wait to reach a person. `tmuxlet get notifications` says which channel does not take them.',
    },
    `sum(${metric('tmuxlet_notification_outbox')})`,
  ).thresholds(thresholds('green', [1, 'yellow'], [20, 'red'])),
  stat(
    {
      ...line,
      title: 'Records that disagree',
      description:
        'Found when all records were last compared; most are mended by themselves. `tmuxlet sync` says what is left.',
    },
    `sum(${metric('tmuxlet_state_mismatches')})`,
  ).thresholds(NONE_IS_BEST),
  stat(
    {
      ...line,
      title: 'Unanswered looks',
      description:
        'Observations that got no answer in the time shown. A few come with a restart of tmux; many mean that something hangs.',
    },
    `sum(${inRange(metric('tmuxlet_observation_unknown_total'))})`,
  )
    .decimals(0)
    .thresholds(thresholds('green', [50, 'orange'])),
  stat(
    {
      ...line,
      title: 'Acts put off by locks',
      description:
        'Acts that had to wait in the time shown, because a person or a tool held the lock of the Project: `tmuxlet get locks`.',
    },
    `sum(${inRange(metric('tmuxlet_lock_busy_total'))})`,
  )
    .decimals(0)
    .thresholds(thresholds('green', [100, 'orange'])),
];

const projectTable = table(
  {
    title: 'Projects, the most urgent first',
    description:
      'act: Failed or without heartbeat. look: starts anew again and again, or pre-flight holds it. waits: on its way. A click on the name opens its own dashboard; `tmuxlet describe NAME` tells the whole story.',
    unit: unit.Short,
    width: 24,
    height: 12,
  },
  [
    { label: 'project', name: 'Project', width: 200, link: TO_PROJECT },
    { label: 'queue', name: 'Queue', width: 110 },
  ],
  [
    { expr: URGENCY, name: 'Urgency', unit: unit.Short, width: 90, mappings: URGENCY_WORDS },
    { expr: ofPicked(phaseNumber('')), name: 'Phase', unit: unit.Short, width: 110, mappings: PHASE_WORDS },
    {
      expr: condition('PreflightPassed'),
      name: 'Pre-flight',
      unit: unit.Short,
      width: 100,
      mappings: words({ 1: ['passed', 'transparent'], 0: ['failed', 'red'], '-1': ['not run', 'transparent'] }),
    },
    {
      expr: condition('ManifestValid'),
      name: 'Manifest',
      unit: unit.Short,
      width: 100,
      mappings: onlyTrouble('valid', 'broken', 1),
    },
    {
      expr: condition('NameConflict'),
      name: 'Session name',
      unit: unit.Short,
      width: 120,
      mappings: onlyTrouble('free', 'taken', 0),
    },
    {
      expr: condition('Stalled'),
      name: 'Heartbeat',
      unit: unit.Short,
      width: 100,
      mappings: onlyTrouble('no complaint', 'stale', 0),
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_heartbeat_age_seconds')})`),
      name: 'Last beat',
      unit: unit.DurationSeconds,
      width: 110,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_attempt')})`),
      name: 'Attempt',
      unit: unit.Short,
      width: 90,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_restarts')})`),
      name: 'Restarts',
      unit: unit.Short,
      width: 90,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_failures')})`),
      name: 'Failures in a row',
      unit: unit.Short,
      width: 140,
      thresholds: thresholds('transparent', [1, 'orange'], [5, 'red']),
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_next_deadline_timestamp_seconds')} - time())`),
      name: 'Deadline in',
      unit: unit.DurationSeconds,
    },
    {
      expr: `max by (project, queue) (time() - ${metric('tmuxlet_project_created_timestamp_seconds')}\n  * on (project) group_left (queue) ${metric('tmuxlet_project_info', PICKED)})`,
      name: 'Age',
      unit: unit.DurationSeconds,
    },
  ],
  { by: 'Urgency', descending: true },
);

const queueTable = table(
  {
    title: 'Queues',
    description:
      'Places taken and given, and who waits for one. A queue that is full for long wants more places (maxConcurrent), or shorter jobs.',
    unit: unit.Short,
    width: 10,
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

const byPhase = stacked(
  {
    title: 'Projects by phase',
    description:
      'Where in its life each Project is. Orange and red that stay want a look; blue that grows is a full queue.',
    unit: unit.Short,
    width: 14,
    height: 9,
  },
  { expr: `sum by (phase) (${metric('tmuxlet_projects', PICKED)})`, legend: '{{phase}}' },
);
for (const phase of PHASES) {
  byPhase.overrideByName(phase, [{ id: 'color', value: { mode: 'fixed', fixedColor: PHASE_COLORS[phase] } }]);
}

export const overview = (): Dashboard => {
  const builder = frame({
    uid: 'tmuxlet-overview',
    title: 'tmuxlet: Overview',
    description: 'Is it well, what is stuck, and why',
    from: 'now-1h',
    refresh: '10s',
    variables: [queueVariable()],
  });
  builder.withRow(new RowBuilder('Is it well?'));
  for (const panel of [...health, ...projects, ...looseEnds]) builder.withPanel(panel);
  builder
    .withRow(new RowBuilder('What is stuck, and why?'))
    .withPanel(projectTable)
    .withPanel(queueTable)
    .withPanel(
      stacked(
        {
          title: 'Why Projects wait',
          description:
            'Projects in line, by what they wait for: a place, a dependency, a free name, a server, their turn to start.',
          unit: unit.Short,
          width: 14,
          height: 8,
        },
        { expr: `sum by (reason) (${metric('tmuxlet_queue_waiting', PICKED)})`, legend: '{{reason}}' },
      ),
    )
    .withRow(new RowBuilder('What happened?'))
    .withPanel(byPhase)
    .withPanel(
      bars(
        {
          title: 'Warnings',
          description: 'Events of type Warning by reason. `tmuxlet get events` has their messages.',
          unit: unit.Short,
          width: 10,
          height: 9,
        },
        {
          expr: `sum by (reason) ${grown(metric('tmuxlet_events_total', 'type="Warning"'))} > 0\n  or on () label_replace(vector(0), "reason", "none", "", "")`,
          legend: '{{reason}}',
        },
      ),
    )
    .withPanel(
      bars(
        {
          title: 'Attempts that ended',
          description: 'Sessions that came to their end, by cause. A wave of one cause is one fault, not many.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: `sum by (cause) (${steps(metric('tmuxlet_attempts_ended_total'))})`, legend: '{{cause}}' },
      ),
    )
    .withPanel(
      bars(
        {
          title: 'Restarts and repairs',
          description: 'What tmuxlet mended without a person: primaries run again, by cause, and other repairs.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: `sum by (cause) (${steps(metric('tmuxlet_restarts_total'))})`, legend: 'restart: {{cause}}' },
        { expr: orZero(`sum by (repair) (${steps(metric('tmuxlet_repairs_total'))})`), legend: 'repair: {{repair}}' },
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Longest wait in line',
          description:
            'How long the first in line of each queue has waited. A line that only rises is a queue that is starved.',
          unit: unit.Seconds,
          width: 8,
          height: 8,
        },
        { expr: `max by (queue) (${metric('tmuxlet_queue_longest_wait_seconds', PICKED)})`, legend: '{{queue}}' },
      ),
    );
  return numbered(builder);
};
