import { readFileSync } from 'node:fs';
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type Variables, withValues } from '../../test/helpers/dashboards.ts';
import type { Answer, Mark, Span } from './ask.ts';
import { drawGraph } from './graph.ts';
import { drawStat } from './stat.ts';
import { drawTable } from './table.ts';
import { drawTimeline } from './timeline.ts';
import { colorOf } from './values.ts';

export interface Answered {
  readonly dashboard: Dashboard;
  readonly picked: Variables;
  readonly span: Span;
  readonly answers: ReadonlyMap<number | undefined, readonly Answer[]>;
  readonly marks: readonly Mark[];
}

const STYLE = readFileSync(new URL('page.css', import.meta.url), 'utf8');

const body = (panel: Panel, { answers, marks, span }: Answered): VNode => {
  const given = answers.get(panel.id) ?? [];
  switch (panel.type) {
    case 'stat':
      return drawStat(panel, given);
    case 'table':
      return drawTable(panel, given);
    case 'state-timeline':
      return drawTimeline(panel, given, marks, span);
    case 'timeseries':
      return drawGraph(panel, given, marks, span);
    default:
      throw new Error(`nothing here draws a panel of type ${panel.type}`);
  }
};

/** In its place on the grid, as Grafana would put it. */
const placed = (panel: Panel | RowPanel, answered: Answered): VNode => {
  const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 24, h: 1 };
  const style = { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
  const title = withValues(panel.title ?? '', answered.picked);
  if (panel.type === 'row') return html`<h2 style=${style}>${title}</h2>`;
  return html`<section style=${style}>
    <h3>${title}</h3>
    <div class="body">${body(panel, answered)}</div>
  </section>`;
};

/** The dashboard as a page of its own, in which nothing is drawn yet but what needs no canvas. */
export const pageOf = (answered: Answered): string => {
  const { dashboard, picked, marks } = answered;
  const variables = (dashboard.templating.list ?? []).map(
    ({ name, label }) => html`<span><b>${label}</b>${picked[name] === '.*' ? 'All' : picked[name]}</span>`,
  );
  const seen = new Map(marks.map(({ name, color }) => [name, color]));
  const legend = [...seen].map(
    ([name, color]) => html`<span class="mark"><i style=${{ borderColor: colorOf(color) }}></i>${name}</span>`,
  );
  return `<!doctype html>${renderToString(
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${dashboard.title}</title>
        <style dangerouslySetInnerHTML=${{ __html: STYLE }}></style>
      </head>
      <body>
        <header>
          <h1>${dashboard.title}</h1>
          <span class="question">${dashboard.description}</span>
        </header>
        <div class="variables">${variables}${legend}</div>
        <main>${(dashboard.panels ?? []).map((panel) => placed(panel, answered))}</main>
        <footer>
          Drawn from the panels’ own queries over a real Prometheus by scripts/draw-dashboards.ts, not by a Grafana server.
        </footer>
      </body>
    </html>`,
  )}`;
};
