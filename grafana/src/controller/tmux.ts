import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { words } from '../looks.ts';
import { bars, lines, stacked, timeline } from '../panels.ts';
import { anyBy, metric, quantile, rate, steps } from '../promql.ts';

const third = { width: 8, height: 8 };
const half = { width: 12, height: 8 };

export const TMUX: Row = {
  title: 'tmux',
  panels: [
    timeline(
      {
        ...third,
        title: 'Servers',
        description:
          'Whether each tmux server answers. After a death it comes back by itself, and its sessions are resumed.',
        unit: unit.Short,
      },
      { expr: metric('tmuxlet_tmux_up'), legend: 'server {{shard}}' },
    ).mappings(words({ 1: ['answers', 'green'], 0: ['silent', 'red'] })),
    stacked(
      {
        ...third,
        title: 'Sessions',
        description: 'Sessions on each server, strangers’ too. Above shardSize (150) new ones go to the next server.',
        unit: unit.Short,
      },
      { expr: metric('tmuxlet_tmux_sessions'), legend: 'server {{shard}}' },
    ),
    bars(
      {
        ...third,
        title: 'Server restarts and unanswered looks',
        description:
          'Deaths of tmux servers, and observations that got no answer, by what was looked at. What is Unknown is left alone.',
        unit: unit.Short,
      },
      { expr: steps(metric('tmuxlet_tmux_server_restarts_total')), legend: 'server restarted' },
      {
        expr: anyBy('source', steps(metric('tmuxlet_observation_unknown_total'))),
        legend: 'no answer: {{source}}',
      },
    ),
    lines(
      {
        ...half,
        title: 'Time of a command (p99)',
        description: 'Calls of tmux, by command. At five seconds a call is given up.',
        unit: unit.Seconds,
      },
      { expr: quantile(0.99, 'tmuxlet_tmux_command_seconds', 'command'), legend: '{{command}}' },
    ),
    lines(
      {
        ...half,
        title: 'Commands',
        description: 'Calls of tmux, by how they ended.',
        unit: unit.OpsPerSecond,
      },
      { expr: `sum by (result) (${rate(metric('tmuxlet_tmux_command_seconds_count'))})`, legend: '{{result}}' },
    ),
  ],
};
