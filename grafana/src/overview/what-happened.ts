import * as unit from '@grafana/grafana-foundation-sdk/units';
import { PHASES } from '../../../src/api/phase.ts';
import { type Row } from '../dashboard.ts';
import { PHASE_COLORS } from '../looks.ts';
import { bars, stacked } from '../panels.ts';
import { anyBy, metric, newSteps, steps } from '../promql.ts';

const PICKED = 'queue=~"$queue"';

const third = { width: 8, height: 8 };

const byPhase = stacked(
  {
    title: 'Projects by phase',
    description:
      'Where in its life each Project is. Orange and red that stay want a look; blue that grows is a full queue.',
    unit: unit.Short,
    width: 14,
    height: 9,
  },
  { expr: `sum by (phase) (${metric('tmuxlet_projects', PICKED)})`, legend: '{{phase}}' },
);
for (const phase of PHASES) {
  byPhase.overrideByName(phase, [{ id: 'color', value: { mode: 'fixed', fixedColor: PHASE_COLORS[phase] } }]);
}

export const WHAT_HAPPENED: Row = {
  title: 'What happened?',
  panels: [
    byPhase,
    bars(
      {
        title: 'Warnings',
        description: 'Events of type Warning by reason. `tmuxlet events` has their messages.',
        unit: unit.Short,
        width: 10,
        height: 9,
      },
      {
        expr: anyBy('reason', newSteps(metric('tmuxlet_events_total', 'type="Warning"'))),
        legend: '{{reason}}',
      },
    ),
    bars(
      {
        ...third,
        title: 'Attempts that ended',
        description: 'Sessions that came to their end, by cause. A wave of one cause is one fault, not many.',
        unit: unit.Short,
      },
      { expr: anyBy('cause', steps(metric('tmuxlet_attempts_ended_total'))), legend: '{{cause}}' },
    ),
    bars(
      {
        ...third,
        title: 'Primaries run again',
        description: 'Runs after the first of their Project, by how the one before ended.',
        unit: unit.Short,
      },
      { expr: anyBy('cause', steps(metric('tmuxlet_restarts_total'))), legend: '{{cause}}' },
    ),
    bars(
      {
        ...third,
        title: 'Repairs',
        description: 'What tmuxlet made good again without anybody having asked, by what it was.',
        unit: unit.Short,
      },
      { expr: anyBy('repair', steps(metric('tmuxlet_repairs_total'))), legend: '{{repair}}' },
    ),
  ],
};
