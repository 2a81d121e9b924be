import type { FieldConfig, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Answer, Mark, Span } from './ask.ts';
import { type Tick, timeTicks, verticalTicks } from './axes.ts';
import { fieldOf } from './field.ts';
import { colorOf, onGround, paletteColor, written } from './values.ts';

type Values = readonly (number | null)[];

/** All that the browser needs to draw a graph; it decides nothing itself. */
export interface Graph {
  readonly times: readonly number[];
  readonly series: readonly { readonly color: string; readonly fill: string; readonly values: Values }[];
  readonly style: 'line' | 'stairs' | 'bars';
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly across: readonly Tick[];
  readonly up: readonly Tick[];
  readonly targets: readonly { readonly value: number; readonly color: string }[];
  readonly marks: readonly { readonly at: number; readonly color: string }[];
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: Values;
}

const linesOf = (panel: Panel, answers: readonly Answer[], times: readonly number[]): readonly Line[] =>
  answers
    .flatMap(({ series }) => series)
    .map(({ name, points }, index) => {
      const values = new Map(points);
      const fixed = fieldOf(panel, name).color?.fixedColor;
      return {
        name,
        color: fixed === undefined ? paletteColor(index) : colorOf(fixed),
        values: times.map((at) => values.get(at) ?? null),
      };
    });

/** Each on what is below it; of nothing at all only where none has a value. */
const stackedUp = (lines: readonly Line[]): readonly Line[] => {
  const sums: (number | null)[] = (lines[0]?.values ?? []).map((_, index) =>
    lines.some(({ values }) => values[index] !== null) ? 0 : null,
  );
  return lines.map((line) => ({
    ...line,
    values: line.values.map((value, index) => {
      const below = sums[index] ?? null;
      sums[index] = below === null ? null : below + (value ?? 0);
      return sums[index];
    }),
  }));
};

const targetsOf = ({ thresholds, custom }: FieldConfig): Graph['targets'] =>
  (custom.thresholdsStyle?.mode ?? 'off') === 'off'
    ? []
    : (thresholds?.steps ?? []).flatMap(({ value, color }) =>
        value === null ? [] : [{ value, color: colorOf(color) }],
      );

/** Where the values are, and what the panel wants to have seen beside them. */
const bounds = (config: FieldConfig, lines: readonly Line[], targets: Graph['targets']): readonly [number, number] => {
  const numbers = [0, ...lines.flatMap(({ values }) => values.filter((value) => value !== null))];
  const wanted = targets.map(({ value }) => value);
  return [
    config.min ?? Math.min(...numbers),
    config.max ?? Math.max(config.custom.axisSoftMax ?? 0, ...numbers, ...wanted),
  ];
};

const legendOf = (panel: Panel, lines: readonly Line[]): VNode[] => {
  const hasLast = (panel.options.legend.calcs as readonly string[]).includes('lastNotNull');
  return lines.map(({ name, color, values }) => {
    const last = hasLast ? values.findLast((value) => value !== null) : null;
    const text = last == null ? null : html`<em>${written(last, panel.fieldConfig?.defaults ?? {}).text}</em>`;
    return html`<span><i style=${{ background: color }}></i>${name}${text}</span>`;
  });
};

/** Lines or bars over time, with what each is. */
export const drawGraph = (panel: Panel, answers: readonly Answer[], marks: readonly Mark[], span: Span): VNode => {
  const config = panel.fieldConfig?.defaults ?? {};
  const { custom } = config;
  const points = answers.flatMap(({ series }) => series.flatMap((each) => each.points));
  const times = [...new Set(points.map(([at]) => at))].toSorted((a, b) => a - b);
  const lines = linesOf(panel, answers, times);
  if (lines.length === 0) return html`<div class="empty">${config.noValue ?? 'No data'}</div>`;

  const isStacked = custom.stacking?.mode === 'normal';
  const opacity = (custom.fillOpacity ?? 0) / 100;
  const drawn = isStacked ? stackedUp(lines) : lines;
  const targets = targetsOf(config);
  const graph: Graph = {
    times,
    // The largest sum first, and hidden by the smaller ones where those are.
    series: (isStacked ? drawn.toReversed() : drawn).map(({ color, values }) => ({
      color,
      fill: isStacked ? onGround(color, opacity) : `color-mix(in srgb, ${color} ${opacity * 100}%, transparent)`,
      values,
    })),
    style: custom.drawStyle === 'bars' ? 'bars' : custom.lineInterpolation === 'stepAfter' ? 'stairs' : 'line',
    width: custom.lineWidth ?? 1,
    from: span.from,
    to: span.to,
    across: timeTicks(span, (panel.gridPos?.w ?? 24) / 1.6),
    up: verticalTicks(...bounds(config, drawn, targets), config),
    targets,
    marks: marks.map(({ at, color }) => ({ at, color: colorOf(color) })),
  };
  return html`<div class="graph">
    <div class="canvas" data-graph=${JSON.stringify(graph)}></div>
    <div class="legend">${legendOf(panel, lines)}</div>
  </div>`;
};
