import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Answer } from './ask.ts';
import { written } from './values.ts';

/** One number, large, on the colour of how well that is. */
export const drawStat = (panel: Panel, [answer]: readonly Answer[]): VNode => {
  const config = panel.fieldConfig?.defaults ?? {};
  const [series] = answer?.series ?? [];
  const value = series?.points.at(-1)?.[1];
  if (series === undefined || value === undefined) {
    return html`<div class="stat none"><span>${config.noValue ?? 'No data'}</span></div>`;
  }
  const { text, color } = written(value, config);
  const mode = panel.options.textMode;
  return html`<div class="stat" style=${{ '--color': color }}>
    ${mode === 'value' ? null : html`<span class=${mode === 'name' ? '' : 'name'}>${series.name}</span>`}
    ${mode === 'name' ? null : html`<span>${text}</span>`}
  </div>`;
};
