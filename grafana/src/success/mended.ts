import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { NEUTRAL } from '../looks.ts';
import { bars, stat } from '../panels.ts';
import { anyBy, inRange, steps } from '../promql.ts';
import { BY_ITSELF, BY_HAND } from './shares.ts';

const graph = { width: 12, height: 8 };

export const MENDED: Row = {
  title: 'Manual interventions',
  panels: [
    bars(
      {
        ...graph,
        title: 'Mended by itself and by hand',
        description:
          'What tmuxlet restarted and repaired, beside what people had to do. By hand should be a small part.',
        unit: unit.Short,
      },
      { expr: `sum(${steps(BY_ITSELF)})`, legend: 'by itself' },
      { expr: `sum(${steps(BY_HAND)})`, legend: 'by hand' },
    )
      .overrideByName('by itself', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'green' } }])
      .overrideByName('by hand', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'purple' } }]),
    bars(
      {
        title: 'Manual interventions',
        description: 'What people had to do, by verb. The most frequent one is what to automate, or to mend, next.',
        unit: unit.Short,
        width: 8,
        height: 8,
      },
      { expr: anyBy('verb', steps(BY_HAND)), legend: '{{verb}}' },
    ),
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
  ],
};
