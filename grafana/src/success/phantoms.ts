import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { thresholds } from '../looks.ts';
import { lines, stairs } from '../panels.ts';
import { metric } from '../promql.ts';
import { inLastDay, phantomShare, TARGET } from './shares.ts';

const graph = { width: 12, height: 8 };

export const PHANTOMS: Row = {
  title: 'Phantoms',
  panels: [
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
      .thresholdsStyle(TARGET),
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
      .thresholdsStyle(TARGET),
  ],
};
