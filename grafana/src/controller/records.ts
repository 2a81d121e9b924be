import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { NEUTRAL, thresholds } from '../looks.ts';
import { bars, stacked, stat } from '../panels.ts';
import { anyBy, inRange, metric, steps } from '../promql.ts';

export const RECORDS: Row = {
  title: 'Records and messages',
  panels: [
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
    stacked(
      {
        title: 'Records that disagree',
        description:
          'By what they disagree on, in the last comparison. What stays for several passes cannot be mended without a person.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: anyBy('type', metric('tmuxlet_state_mismatches')), legend: '{{type}}' },
    ),
    bars(
      {
        title: 'Messages to people',
        description: 'Attempts to deliver alerts, by result. given_up means that nobody was told.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: anyBy('result', steps(metric('tmuxlet_notifications_total'))), legend: '{{result}}' },
      { expr: `sum(${metric('tmuxlet_notification_outbox')})`, legend: 'waiting' },
    ),
  ],
};
