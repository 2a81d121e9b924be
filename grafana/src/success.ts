import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from '@grafana/grafana-foundation-sdk/common';
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as unit from '@grafana/grafana-foundation-sdk/units';
import { frame, numbered } from './dashboard.ts';
import { NEUTRAL, thresholds } from './looks.ts';
import { bars, lines, stairs, stat } from './panels.ts';
import { inRange, metric, quantile, steps } from './promql.ts';

const PHANTOMS = metric('tmuxlet_phantoms_total');
const RUNS = metric('tmuxlet_runs_total');
const UP = metric('tmuxlet_loop_up_seconds_total');
const DOWN = metric('tmuxlet_loop_down_seconds_total');
const BY_HAND = metric('tmuxlet_manual_interventions_total');
const RESTARTS = metric('tmuxlet_restarts_total');
const REPAIRS = metric('tmuxlet_repairs_total');

type Grown = (counter: string) => string;

/** In the last day, as it goes on: what the graphs of shares show. */
const inLastDay: Grown = (counter) => `increase(${counter}[1d])`;

const phantomShare = (grown: Grown): string => `${grown(PHANTOMS)} / clamp_min(${grown(RUNS)}, 1)`;

const availability = (grown: Grown): string => `${grown(UP)} / (${grown(UP)} + ${grown(DOWN)})`;

const byItself = (grown: Grown): string => `(sum(${grown(RESTARTS)}) + sum(${grown(REPAIRS)}))`;

/** Of all that had to be mended, what nobody had to mend by hand; all of it where nothing had to be. */
const mendedByItself = (grown: Grown): string =>
  `1 - sum(${grown(BY_HAND)})\n  / clamp_min(sum(${grown(BY_HAND)}) + ${byItself(grown)}, 1)`;

const figure = { width: 6, height: 5 };
const graph = { width: 12, height: 8 };
const target = (mode: GraphThresholdsStyleMode) => new GraphThresholdsStyleConfigBuilder().mode(mode);

export const success = (): Dashboard =>
  numbered(
    frame({
      uid: 'tmuxlet-success',
      title: 'tmuxlet: Success',
      description: 'The four figures that tmuxlet is measured by, against their targets',
      from: 'now-7d',
      refresh: '1m',
    })
      .withRow(new RowBuilder('The four figures, in the time shown'))
      .withPanel(
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
      )
      .withPanel(
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
      )
      .withPanel(
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
      )
      .withPanel(
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
      )
      .withRow(new RowBuilder('Phantoms'))
      .withPanel(
        stairs(
          {
            ...graph,
            title: 'Phantoms now',
            description:
              'Projects whose record says Running and whose session is proven absent for longer than a pass needs. Zero is well.',
            unit: unit.Short,
          },
          { expr: metric('tmuxlet_phantom_projects'), legend: 'phantoms' },
        )
          .axisSoftMax(1)
          .thresholds(thresholds('green', [1, 'red']))
          .thresholdsStyle(target(GraphThresholdsStyleMode.Dashed)),
      )
      .withPanel(
        lines(
          {
            ...graph,
            title: 'Phantoms of the last day’s runs',
            description: 'The share over the day before each moment. The line is the target.',
            unit: unit.PercentUnit,
          },
          { expr: phantomShare(inLastDay), legend: 'phantoms of runs' },
        )
          .axisSoftMax(0.012)
          .thresholds(thresholds('green', [0.01, 'red']))
          .thresholdsStyle(target(GraphThresholdsStyleMode.Dashed)),
      )
      .withRow(new RowBuilder('At once'))
      .withPanel(
        stairs(
          {
            ...graph,
            title: 'Projects that run at once',
            description: 'Projects whose primary runs. The line is the target.',
            unit: unit.Short,
          },
          { expr: metric('tmuxlet_projects_running'), legend: 'running' },
        )
          .axisSoftMax(22)
          .thresholds(thresholds('transparent', [20, 'green']))
          .thresholdsStyle(target(GraphThresholdsStyleMode.Dashed)),
      )
      .withPanel(
        bars(
          {
            ...graph,
            title: 'Runs begun',
            description: 'How often a primary was started: the whole of which phantoms are a part.',
            unit: unit.Short,
          },
          { expr: steps(RUNS), legend: 'runs' },
        ),
      )
      .withRow(new RowBuilder('Availability'))
      .withPanel(
        lines(
          {
            ...graph,
            title: 'Availability of the last day',
            description:
              'The share over the day before each moment. The line is the target: 86 seconds a day are allowed.',
            unit: unit.PercentUnit,
          },
          { expr: availability(inLastDay), legend: 'loop turned' },
        )
          .decimals(2)
          .min(0.9)
          .max(1)
          .thresholds(thresholds('red', [0.999, 'green']))
          .thresholdsStyle(target(GraphThresholdsStyleMode.Dashed)),
      )
      .withPanel(
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
      )
      .withPanel(
        stat(
          {
            title: 'Half of the repairs take at most',
            description:
              'From the end of a primary until it was seen running again, waits of back-off not counted: the median in the time shown.',
            unit: unit.Seconds,
            width: 6,
            height: 8,
          },
          quantile(0.5, 'tmuxlet_repair_seconds', '', '', '$__range'),
        )
          .thresholds(thresholds('green', [5, 'orange'], [30, 'red']))
          .noValue('nothing to repair'),
      )
      .withRow(new RowBuilder('Manual interventions'))
      .withPanel(
        bars(
          {
            ...graph,
            title: 'Mended by itself and by hand',
            description:
              'What tmuxlet restarted and repaired, beside what people had to do. By hand should be a small part.',
            unit: unit.Short,
          },
          { expr: byItself(steps), legend: 'by itself' },
          { expr: `sum(${steps(BY_HAND)})`, legend: 'by hand' },
        )
          .overrideByName('by itself', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'green' } }])
          .overrideByName('by hand', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'purple' } }]),
      )
      .withPanel(
        bars(
          {
            title: 'Manual interventions',
            description: 'What people had to do, by verb. The most frequent one is what to automate, or to mend, next.',
            unit: unit.Short,
            width: 8,
            height: 8,
          },
          { expr: `sum by (verb) (${steps(BY_HAND)})`, legend: '{{verb}}' },
        ),
      )
      .withPanel(
        stat(
          {
            title: 'By hand in the time shown',
            description: 'Acts that a person had to do; 0 is best.',
            unit: unit.Short,
            width: 4,
            height: 8,
          },
          `sum(${inRange(BY_HAND)})`,
        )
          .decimals(0)
          .thresholds(NEUTRAL),
      ),
  );
