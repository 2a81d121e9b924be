import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { NEUTRAL, NONE_IS_BEST, NONE_IS_WELL, thresholds, words } from '../looks.ts';
import { stat } from '../panels.ts';
import { inRange, metric } from '../promql.ts';

const PICKED = 'queue=~"$queue"';

const line = { unit: unit.Short, width: 4, height: 3 };

export const IS_IT_WELL: Row = {
  title: 'Is it well?',
  panels: [
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
        description: 'Projects that are to have a session and have none yet; below it says what they wait for.',
      },
      `sum(${metric('tmuxlet_queue_waiting', PICKED)})`,
    ).thresholds(NEUTRAL),
    stat(
      {
        ...line,
        title: 'Longest wait',
        description:
          'How long the first in line has waited for nothing but a place. Hours: the queue wants more places, or shorter jobs.',
        unit: unit.DurationSeconds,
      },
      `max(${metric('tmuxlet_queue_longest_wait_seconds', PICKED)})`,
    )
      .decimals(0)
      .thresholds(thresholds('blue', [3600, 'orange'], [6 * 3600, 'red'])),
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
  ],
};
