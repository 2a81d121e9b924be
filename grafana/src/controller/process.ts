import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { NEUTRAL, NONE_IS_BEST, thresholds } from '../looks.ts';
import { stat } from '../panels.ts';
import { metric, rate } from '../promql.ts';

const line = { unit: unit.Short, width: 3, height: 4 };

export const PROCESS: Row = {
  title: 'Process',
  panels: [
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
  ],
};
