import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Phase, PHASES } from '../../src/api/phase.ts';
import { metric } from './promql.ts';

/** `thresholds('green', [1, 'red'])`: green below 1, red from there on. */
export const thresholds = (base: string, ...above: readonly (readonly [from: number, color: string])[]) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...above.map(([value, color]) => ({ value, color }))]);

/** Nothing of it is well, and one is too many. */
export const NONE_IS_WELL = thresholds('green', [1, 'red']);

/** Nothing of it is well, and some of it no reason to get up. */
export const NONE_IS_BEST = thresholds('green', [1, 'orange']);

/** More or less of it is neither good nor bad. */
export const NEUTRAL = thresholds('blue');

/** Words, with their colours, instead of the numbers they stand for. */
export const words = (of: Readonly<Record<string, readonly [text: string, color: string]>>): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(of).map(([value, [text, color]], index) => [value, { text, color, index }]),
    ),
  },
];

export const PHASE_COLORS: Readonly<Record<Phase, string>> = {
  Pending: 'yellow',
  Queued: 'blue',
  Starting: 'super-light-green',
  Running: 'green',
  BackingOff: 'orange',
  Waiting: 'light-blue',
  Suspended: 'text',
  Terminating: 'purple',
  Completed: 'dark-green',
  Failed: 'red',
};

/** A phase as a number, which a table can sort by and a timeline can draw; PHASE_WORDS turns it back. */
export const phaseNumber = (labels: string): string => {
  const each = PHASES.map(
    (phase, index) => `${index} * ${metric('tmuxlet_project_phase', `phase="${phase}",${labels}`)}`,
  );
  return `max by (project) (\n  ${each.join('\n  or ')}\n)`;
};

export const PHASE_WORDS = words(
  Object.fromEntries(PHASES.map((phase, index) => [index, [phase, PHASE_COLORS[phase]] as const])),
);

/** Of a condition that is well when it is True. */
export const GOOD_WHEN_TRUE = words({ 1: ['True', 'green'], 0: ['False', 'orange'], '-1': ['Unknown', 'purple'] });

/** Of a condition that is neither: most Projects are never complete. */
export const NEITHER = words({ 1: ['True', 'dark-green'], 0: ['False', 'text'], '-1': ['Unknown', 'purple'] });

/** Of a condition that tells of trouble. */
export const BAD_WHEN_TRUE = words({ 1: ['True', 'red'], 0: ['False', 'green'], '-1': ['Unknown', 'purple'] });
