import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from '@grafana/grafana-foundation-sdk/common';
import { metric } from '../promql.ts';

const PHANTOMS = metric('tmuxlet_phantoms_total');
export const RUNS = metric('tmuxlet_runs_total');
const UP = metric('tmuxlet_loop_up_seconds_total');
export const DOWN = metric('tmuxlet_loop_down_seconds_total');
export const BY_ITSELF = metric('tmuxlet_repairs_total');
export const BY_HAND = metric('tmuxlet_manual_interventions_total');

/** By how much a counter grew, in whichever time. */
type Grown = (counter: string) => string;

/** In the day before each moment: for graphs of shares. */
export const inLastDay: Grown = (counter) => `increase(${counter}[1d])`;

export const phantomShare = (grown: Grown): string => `${grown(PHANTOMS)} / clamp_min(${grown(RUNS)}, 1)`;

export const availability = (grown: Grown): string => `${grown(UP)} / (${grown(UP)} + ${grown(DOWN)})`;

/** Of all that had to be mended, what nobody had to mend by hand; all of it where nothing had to be. */
export const mendedByItself = (grown: Grown): string =>
  `1 - sum(${grown(BY_HAND)})\n  / clamp_min(sum(${grown(BY_HAND)}) + sum(${grown(BY_ITSELF)}), 1)`;

/** The dashed line that a graph has at its target. */
export const TARGET = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
