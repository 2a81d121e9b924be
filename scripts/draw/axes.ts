import type { FieldConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Span } from './ask.ts';
import { sizeOf, written } from './values.ts';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** About four round numbers, the outermost of which hold all values between low and high. */
export const verticalTicks = (low: number, high: number, config: FieldConfig): readonly Tick[] => {
  // Round in what they are written in: 1.5 minutes, and not 100 seconds.
  const size = sizeOf(high, config.unit);
  const raw = (high - low || 1) / size / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => raw <= factor * power + 1e-9) ?? 10);
  const first = Math.floor(low / size / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / size / step - 1e-9));
  // As many decimals as it takes, whatever the panel says of single numbers.
  const { decimals: _, mappings: __, ...axis } = config;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const value = Number(((first + index) * step).toPrecision(12)) * size;
    return { value, text: written(value, axis).text };
  });
};

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Round times, as many as there is room for. */
export const timeTicks = ({ from, to }: Span, most: number): readonly Tick[] => {
  const step = TIME_STEPS.find((seconds) => (to - from) / seconds <= most) ?? 7200;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => {
    const value = (first + index) * step;
    return { value, text: TIME.format(value * 1000) };
  });
};
