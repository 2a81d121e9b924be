import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { thresholds } from '../looks.ts';
import { lines, stat } from '../panels.ts';
import { inRange, quantile } from '../promql.ts';
import { DOWN, inLastDay, availability, TARGET } from './shares.ts';

const graph = { width: 12, height: 8 };

export const AVAILABILITY: Row = {
  title: 'Availability',
  panels: [
    lines(
      {
        ...graph,
        title: 'Availability of the last day',
        description: 'The share over the day before each moment. The line is the target: 86 seconds a day are allowed.',
        unit: unit.PercentUnit,
      },
      { expr: availability(inLastDay), legend: 'loop turned' },
    )
      .decimals(2)
      .min(0.9)
      .max(1)
      .thresholds(thresholds('red', [0.999, 'green']))
      .thresholdsStyle(TARGET),
    stat(
      {
        title: 'Down in the time shown',
        description:
          'Seconds in which the loop stood still or no controller was there. Of a week, 605 seconds are allowed.',
        unit: unit.DurationSeconds,
        width: 6,
        height: 8,
      },
      inRange(DOWN),
    )
      .decimals(0)
      .thresholds(thresholds('green', [1, 'blue'])),
    stat(
      {
        title: 'Half of the repairs take at most',
        description:
          'From the end of a primary until it was seen running again, waits of back-off not counted: the median in the time shown.',
        unit: unit.Seconds,
        width: 6,
        height: 8,
      },
      quantile(0.5, 'tmuxlet_repair_seconds', '', '$__range'),
    )
      .thresholds(thresholds('green', [5, 'orange'], [30, 'red']))
      .noValue('nothing to repair'),
  ],
};
