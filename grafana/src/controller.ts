import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import { frame, numbered } from './dashboard.ts';
import { NEUTRAL, NONE_IS_BEST, thresholds, words } from './looks.ts';
import { bars, lines, stacked, stairs, stat, timeline } from './panels.ts';
import { inRange, metric, quantile, rate, steps } from './promql.ts';

const line = { unit: unit.Short, width: 3, height: 4 };
const third = { width: 8, height: 8 };
const half = { width: 12, height: 8 };

const process = [
  stat(
    { ...line, title: 'Version', description: 'Which tmuxlet runs; a change of it is a mark in all graphs.' },
    metric('tmuxlet_build_info'),
    '{{version}}',
  )
    .textMode(BigValueTextMode.Name)
    .thresholds(NEUTRAL),
  stat(
    {
      ...line,
      title: 'Up for',
      description: 'Since the controller was started. Sessions live longer than it.',
      unit: unit.DurationSeconds,
    },
    `time() - ${metric('process_start_time_seconds')}`,
  )
    .decimals(0)
    .thresholds(NEUTRAL),
  stat(
    {
      ...line,
      title: 'Last progress',
      description:
        'Since a pass of any loop last ended. Longer than the resync interval (300 s) means that nothing turns.',
      unit: unit.DurationSeconds,
    },
    `clamp_min(time() - ${metric('tmuxlet_loop_last_progress_timestamp_seconds')}, 0)`,
  )
    .decimals(0)
    .thresholds(thresholds('green', [330, 'orange'], [600, 'red'])),
  stat(
    {
      ...line,
      title: 'CPU',
      description: 'Of one core. One core is all it can use: near 100 % everything waits.',
      unit: unit.PercentUnit,
    },
    rate(metric('process_cpu_seconds_total')),
  )
    .decimals(1)
    .thresholds(thresholds('green', [0.5, 'orange'], [0.9, 'red'])),
  stat(
    { ...line, title: 'Memory', description: 'Resident memory of the controller.', unit: unit.BytesIEC },
    metric('process_resident_memory_bytes'),
  )
    .decimals(0)
    .thresholds(thresholds('green', [512 * 2 ** 20, 'orange'], [2 ** 30, 'red'])),
  stat(
    {
      ...line,
      title: 'Open files',
      description: 'Of those the process may have. Each session costs about one.',
      unit: unit.PercentUnit,
    },
    `${metric('process_open_fds')} / ${metric('process_max_fds')}`,
  )
    .decimals(1)
    .thresholds(thresholds('green', [0.7, 'orange'], [0.9, 'red'])),
  stat(
    {
      ...line,
      title: 'Event-loop lag',
      description:
        'How late the process comes to what is due, at worst of a hundred. Over a tenth of a second something blocks it.',
      unit: unit.Seconds,
    },
    metric('nodejs_eventloop_lag_p99_seconds'),
  ).thresholds(thresholds('green', [0.1, 'orange'], [1, 'red'])),
  stat(
    {
      ...line,
      title: 'Projects not listed',
      description: 'Projects beyond the limit of series of their own; they are counted in all sums.',
    },
    metric('tmuxlet_projects_unlisted'),
  ).thresholds(NONE_IS_BEST),
];

export const controller = (): Dashboard => {
  const builder = frame({
    uid: 'tmuxlet-controller',
    title: 'tmuxlet: Controller',
    description: 'Loop, queues of work, tmux, store',
    from: 'now-1h',
    refresh: '10s',
  });
  builder.withRow(new RowBuilder('Process'));
  for (const panel of process) builder.withPanel(panel);
  builder
    .withRow(new RowBuilder('Loop'))
    .withPanel(
      lines(
        {
          ...third,
          title: 'Passes',
          description:
            'Passes of each controller. Silence is well where nothing changes; a plateau that does not end is a loop that wakes itself.',
          unit: unit.OpsPerSecond,
        },
        {
          expr: `sum by (controller) (${rate(metric('controller_runtime_reconcile_total'))})`,
          legend: '{{controller}}',
        },
      ),
    )
    .withPanel(
      bars(
        {
          ...third,
          title: 'Passes that failed',
          description: 'Each is made again with back-off, so single ones mend themselves. The log has the error.',
          unit: unit.Short,
        },
        {
          expr: `sum by (controller) (${steps(metric('controller_runtime_reconcile_errors_total'))})`,
          legend: '{{controller}}',
        },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Time of a pass (p99)',
          description:
            'From the start of a pass to its end, with all its acts. Pre-flight and stops take their time; the others should stay below a second.',
          unit: unit.Seconds,
        },
        { expr: quantile(0.99, 'controller_runtime_reconcile_time_seconds', 'controller'), legend: '{{controller}}' },
      ),
    )
    .withPanel(
      stairs(
        {
          ...third,
          title: 'Workers busy',
          description:
            'Of the workers of each controller, those with a key. All of them busy for long: the controller cannot keep up, or something hangs.',
          unit: unit.PercentUnit,
        },
        {
          expr: `${metric('controller_runtime_active_workers')} / ${metric('controller_runtime_max_concurrent_reconciles')}`,
          legend: '{{controller}}',
        },
      ).max(1),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Longest pass under way',
          description: 'A line that rises without end is a pass that hangs. At two minutes /livez fails.',
          unit: unit.Seconds,
        },
        { expr: metric('workqueue_longest_running_processor_seconds'), legend: '{{name}}' },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Event loop and memory’s toll',
          description:
            'Lag of the event loop, and the part of the time that garbage collection takes. Both near zero is well.',
          unit: unit.Seconds,
        },
        { expr: metric('nodejs_eventloop_lag_p99_seconds'), legend: 'lag, p99' },
        { expr: `sum(${rate(metric('nodejs_gc_duration_seconds_sum'))})`, legend: 'garbage collection, each second' },
      ),
    )
    .withRow(new RowBuilder('Queues of work'))
    .withPanel(
      stairs(
        {
          ...third,
          title: 'Keys that wait',
          description: 'Depth of each workqueue. It rises with a wave of changes and must fall again.',
          unit: unit.Short,
        },
        { expr: metric('workqueue_depth'), legend: '{{name}}' },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Wait for a worker (p99)',
          description: 'How long a key waits before a worker takes it: how late tmuxlet reacts.',
          unit: unit.Seconds,
        },
        { expr: quantile(0.99, 'workqueue_queue_duration_seconds', 'name'), legend: '{{name}}' },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Keys added and tried again',
          description: 'Adds of all queues, and the part of them that came back after a failure.',
          unit: unit.OpsPerSecond,
        },
        { expr: `sum(${rate(metric('workqueue_adds_total'))})`, legend: 'added' },
        { expr: `sum(${rate(metric('workqueue_retries_total'))})`, legend: 'tried again' },
      ),
    )
    .withRow(new RowBuilder('tmux'))
    .withPanel(
      timeline(
        {
          ...third,
          title: 'Servers',
          description:
            'Whether each tmux server answers. After a death it comes back by itself, and its sessions are resumed.',
          unit: unit.Short,
        },
        { expr: metric('tmuxlet_tmux_up'), legend: 'server {{shard}}' },
      ).mappings(words({ 1: ['answers', 'green'], 0: ['silent', 'red'] })),
    )
    .withPanel(
      stacked(
        {
          ...third,
          title: 'Sessions',
          description: 'Sessions on each server, strangers’ too. Above shardSize (150) new ones go to the next server.',
          unit: unit.Short,
        },
        { expr: metric('tmuxlet_tmux_sessions'), legend: 'server {{shard}}' },
      ),
    )
    .withPanel(
      bars(
        {
          ...third,
          title: 'Server restarts and unanswered looks',
          description:
            'Deaths of tmux servers, and observations that got no answer, by what was looked at. What is Unknown is left alone.',
          unit: unit.Short,
        },
        { expr: steps(metric('tmuxlet_tmux_server_restarts_total')), legend: 'server restarted' },
        {
          expr: `sum by (source) (${steps(metric('tmuxlet_observation_unknown_total'))})`,
          legend: 'no answer: {{source}}',
        },
      ),
    )
    .withPanel(
      lines(
        {
          ...half,
          title: 'Time of a command (p99)',
          description: 'Calls of tmux, by command. At five seconds a call is given up.',
          unit: unit.Seconds,
        },
        { expr: quantile(0.99, 'tmuxlet_tmux_command_seconds', 'command'), legend: '{{command}}' },
      ),
    )
    .withPanel(
      lines(
        {
          ...half,
          title: 'Commands',
          description: 'Calls of tmux, by how they ended.',
          unit: unit.OpsPerSecond,
        },
        { expr: `sum by (result) (${rate(metric('tmuxlet_tmux_command_seconds_count'))})`, legend: '{{result}}' },
      ),
    )
    .withRow(new RowBuilder('Store and disk'))
    .withPanel(
      lines(
        {
          ...third,
          title: 'Time of a transaction',
          description: 'Usually below a millisecond. A slow disk shows here first.',
          unit: unit.Seconds,
        },
        { expr: quantile(0.5, 'tmuxlet_store_transaction_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'tmuxlet_store_transaction_seconds'), legend: 'p99' },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Transactions',
          description: 'By how they ended, and errors. When all is as it should be nothing is written.',
          unit: unit.OpsPerSecond,
        },
        { expr: `sum by (result) (${rate(metric('tmuxlet_store_transaction_seconds_count'))})`, legend: '{{result}}' },
        { expr: rate(metric('tmuxlet_store_errors_total')), legend: 'errors' },
      ),
    )
    .withPanel(
      lines(
        {
          ...third,
          title: 'Size of the store',
          description:
            'The database, and its log of writes (WAL), which is emptied every 30 seconds. A log that only grows has a reader that does not let go.',
          unit: unit.BytesIEC,
        },
        { expr: metric('tmuxlet_store_size_bytes'), legend: 'database' },
        { expr: metric('tmuxlet_store_wal_size_bytes'), legend: 'WAL' },
      ),
    )
    .withRow(new RowBuilder('Acts, checks and locks'))
    .withPanel(
      bars(
        {
          ...third,
          title: 'Acts',
          description: 'What was done to the world, by result. Errors are tried again with back-off.',
          unit: unit.Short,
        },
        { expr: `sum by (result) (${steps(metric('tmuxlet_actions_total'))})`, legend: '{{result}}' },
      ),
    )
    .withPanel(
      bars(
        {
          ...third,
          title: 'Pre-flight checks',
          description: 'What the checks before starts said. What fails holds its Project, and the Project says why.',
          unit: unit.Short,
        },
        { expr: `sum by (result) (${steps(metric('tmuxlet_preflight_checks_total'))})`, legend: '{{result}}' },
      ),
    )
    .withPanel(
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
    )
    .withRow(new RowBuilder('Records and messages'))
    .withPanel(
      stat(
        {
          title: 'Manifests last read',
          description:
            'Since the directory was last read completely. It is read with every change, and with every resync (300 s).',
          unit: unit.DurationSeconds,
          width: 4,
          height: 8,
        },
        `time() - ${metric('tmuxlet_manifests_last_read_timestamp_seconds')}`,
      )
        .decimals(0)
        .thresholds(thresholds('green', [600, 'orange'])),
    )
    .withPanel(
      stat(
        {
          title: 'Comparisons of records',
          description: 'Passes of state synchronization in the time shown. None in an hour means that it does not run.',
          unit: unit.Short,
          width: 4,
          height: 8,
        },
        inRange(metric('tmuxlet_state_sync_passes_total')),
      )
        .decimals(0)
        .thresholds(NEUTRAL),
    )
    .withPanel(
      stacked(
        {
          title: 'Records that disagree',
          description:
            'By what they disagree on, in the last comparison. What stays for several passes cannot be mended without a person.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: metric('tmuxlet_state_mismatches'), legend: '{{type}}' },
      ),
    )
    .withPanel(
      bars(
        {
          title: 'Messages to people',
          description: 'Attempts to deliver alerts, by result. given_up means that nobody was told.',
          unit: unit.Short,
          width: 8,
          height: 8,
        },
        { expr: `sum by (result) (${steps(metric('tmuxlet_notifications_total'))})`, legend: '{{result}}' },
        { expr: `sum(${metric('tmuxlet_notification_outbox')})`, legend: 'waiting' },
      ),
    );
  return numbered(builder);
};
