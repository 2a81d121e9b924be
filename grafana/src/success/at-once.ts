import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { thresholds } from '../looks.ts';
import { bars, stairs } from '../panels.ts';
import { metric, steps } from '../promql.ts';
import { RUNS, TARGET } from './shares.ts';

const graph = { width: 12, height: 8 };

export const AT_ONCE: Row = {
  title: 'At once',
  panels: [
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
      .thresholdsStyle(TARGET),
    bars(
      {
        ...graph,
        title: 'Runs begun',
        description: 'How often a primary was started: the whole of which phantoms are a part.',
        unit: unit.Short,
      },
      { expr: steps(RUNS), legend: 'runs' },
    ),
  ],
};
