import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { bars, lines, stairs } from '../panels.ts';
import { anyBy, metric, quantile, rate, steps } from '../promql.ts';

const third = { width: 8, height: 8 };

export const LOOP: Row = {
  title: 'Loop',
  panels: [
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
    bars(
      {
        ...third,
        title: 'Passes that failed',
        description: 'Each is made again with back-off, so single ones mend themselves. The log has the error.',
        unit: unit.Short,
      },
      {
        expr: anyBy('controller', steps(metric('controller_runtime_reconcile_errors_total'))),
        legend: '{{controller}}',
      },
    ),
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
    lines(
      {
        ...third,
        title: 'Longest pass under way',
        description: 'A line that rises without end is a pass that hangs. At two minutes /livez fails.',
        unit: unit.Seconds,
      },
      { expr: metric('workqueue_longest_running_processor_seconds'), legend: '{{name}}' },
    ),
    lines(
      {
        ...third,
        title: 'Event loop and garbage collection',
        description:
          'Lag of the event loop, and the part of the time that garbage collection takes. Both near zero is well.',
        unit: unit.Seconds,
      },
      { expr: metric('nodejs_eventloop_lag_p99_seconds'), legend: 'lag, p99' },
      { expr: `sum(${rate(metric('nodejs_gc_duration_seconds_sum'))})`, legend: 'garbage collection in a second' },
    ),
  ],
};
