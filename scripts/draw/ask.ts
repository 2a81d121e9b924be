import type { AnnotationQuery, Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { targetsOf, type Variables, withValues } from '../../test/helpers/dashboards.ts';
import type { Prometheus, Series } from '../../test/helpers/prometheus.ts';

/** The time that is shown, in seconds since 1970, and how often Prometheus scraped in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly scrapeSeconds: number;
}

/** What one query of a panel gave. */
export interface Answer {
  readonly refId: string;
  readonly series: readonly (Series & { readonly name: string })[];
}

export interface Mark {
  readonly at: number;
  readonly name: string;
  readonly color: string;
}

/** The steps of a graph as wide as the page; Grafana takes as many as there are pixels. */
const STEPS = 240;
/** Bars narrower than this cannot be told apart. */
const BARS = 40;

/** Runs a panel's own queries, with what Grafana would put in place of its variables. */
export const ask = async (prometheus: Prometheus, panel: Panel, picked: Variables, span: Span): Promise<Answer[]> => {
  const seconds = span.to - span.from;
  // A panel with a least interval has bars, and the minute it asks for would be too long for so short a time.
  const bars = panel.interval !== undefined;
  const most = bars ? BARS : (STEPS * (panel.gridPos?.w ?? 24)) / 24;
  const step = Math.max(bars ? 4 * span.scrapeSeconds : span.scrapeSeconds, Math.ceil(seconds / most));
  const values = { ...picked, ...intervals(step, span) };
  return Promise.all(
    targetsOf(panel).map(async ({ refId = '', expr, instant, legendFormat }) => {
      const asked = withValues(expr, values);
      const series = instant
        ? await prometheus.query(asked, span.to)
        : await prometheus.queryRange(asked, span.from, span.to, step);
      return { refId, series: series.map((each) => ({ ...each, name: nameOf(each, legendFormat ?? '') })) };
    }),
  );
};

/** What the annotations of a dashboard mark; those that follow each other are one. */
export const askMarks = async (
  prometheus: Prometheus,
  dashboard: Dashboard,
  picked: Variables,
  span: Span,
): Promise<readonly Mark[]> => {
  const enabled = (dashboard.annotations.list ?? []).filter(({ enable }) => enable);
  const marks = await Promise.all(enabled.map((each) => marksOf(prometheus, each, picked, span)));
  return marks.flat();
};

const marksOf = async (
  prometheus: Prometheus,
  { name, expr = '', iconColor, useValueForTime }: AnnotationQuery,
  picked: Variables,
  span: Span,
): Promise<readonly Mark[]> => {
  const step = span.scrapeSeconds;
  const asked = withValues(expr, { ...picked, ...intervals(step, span) });
  const series = await prometheus.queryRange(asked, span.from, span.to, step);
  const times = series.flatMap(({ points }) =>
    useValueForTime
      ? points.map(([, ms]) => ms / 1000)
      : points.filter(([at], index) => at - (points[index - 1]?.[0] ?? 0) > step * 1.5).map(([at]) => at),
  );
  const shown = new Set(times.filter((at) => at >= span.from && at <= span.to));
  return [...shown].map((at) => ({ at, name, color: iconColor }));
};

/** Grafana's own variables of time. */
const intervals = (step: number, { from, to, scrapeSeconds }: Span): Variables => ({
  __interval: `${step}s`,
  __interval_ms: String(step * 1000),
  __rate_interval: `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds)}s`,
  __range: `${Math.ceil(to - from)}s`,
});

const nameOf = ({ labels }: Series, format: string): string =>
  format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
