import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { thresholds } from '../looks.ts';
import { stat } from '../panels.ts';
import { inRange, metric } from '../promql.ts';
import { phantomShare, availability, mendedByItself } from './shares.ts';

const figure = { width: 6, height: 5 };

export const FIGURES: Row = {
  title: 'The four figures, in the time shown',
  panels: [
    stat(
      {
        ...figure,
        title: 'Phantoms: below 1 % of runs',
        description:
          'Projects that the record called Running without a session, for each run in the time shown. Target: below 1 %.',
        unit: unit.PercentUnit,
      },
      phantomShare(inRange),
    )
      .decimals(2)
      .thresholds(thresholds('green', [0.005, 'orange'], [0.01, 'red'])),
    stat(
      {
        ...figure,
        title: 'At once: 20 Projects and more',
        description:
          'The most Projects that ran at the same time. Target: 20 and more. Blue means only that no more were asked for, or places given.',
        unit: unit.Short,
      },
      `max_over_time(${metric('tmuxlet_projects_running')}[$__range])`,
    ).thresholds(thresholds('blue', [20, 'green'])),
    stat(
      {
        ...figure,
        title: 'Availability: 99.9 %',
        description:
          'Part of the time in which the loop turned. Time in which the controller was not there counts against it, and is known once it is back. Target: 99.9 %.',
        unit: unit.PercentUnit,
      },
      availability(inRange),
    )
      .decimals(2)
      .thresholds(thresholds('red', [0.99, 'orange'], [0.999, 'green'])),
    stat(
      {
        ...figure,
        title: 'Mended without a person: 90 %',
        description:
          'Of all that had to be mended, what tmuxlet mended by itself. Each of these would have been a manual intervention before; so 90 % here is 90 % fewer. Target: 90 %.',
        unit: unit.PercentUnit,
      },
      mendedByItself(inRange),
    )
      .decimals(1)
      .thresholds(thresholds('red', [0.75, 'orange'], [0.9, 'green'])),
  ],
};
