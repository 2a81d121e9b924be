import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Answer, Mark, Span } from './ask.ts';
import { fieldOf } from './field.ts';
import { colorOf, written } from './values.ts';

interface State {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Equal values in a row are one state; where values are missing, none is drawn. */
const statesOf = (points: readonly (readonly [number, number])[]): readonly State[] => {
  const states: State[] = [];
  const step = Math.min(...points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? 0)));
  for (const [at, value] of points) {
    const last = states.at(-1);
    const goesOn = last !== undefined && at - last.to < 1.5 * step;
    if (goesOn) states[states.length - 1] = { ...last, to: at };
    if (!goesOn || last.value !== value) states.push({ from: at, to: at, value });
  }
  return states;
};

/** A line for each series, in the colours of its states. */
export const drawTimeline = (
  panel: Panel,
  answers: readonly Answer[],
  marks: readonly Mark[],
  { from, to }: Span,
): VNode => {
  const place = (at: number): string => `${(100 * (at - from)) / (to - from)}%`;
  const lines = answers
    .flatMap(({ series }) => series)
    .map(({ name, points }) => {
      const config = fieldOf(panel, name);
      const states = statesOf(points).map((state) => {
        const { text, color } = written(state.value, config);
        const width = `${(100 * (state.to - state.from)) / (to - from)}%`;
        const isWide = (state.to - state.from) / (to - from) > 0.05;
        return html`<i style=${{ left: place(state.from), width, background: color }}>${isWide ? text : ''}</i>`;
      });
      return html`<div class="line"><b>${name}</b><div>${states}</div></div>`;
    });
  return html`<div class="timeline">
    ${lines}
    <div class="marks">${marks.map(({ at, color }) => html`<i style=${{ left: place(at), borderColor: colorOf(color) }}></i>`)}</div>
  </div>`;
};
