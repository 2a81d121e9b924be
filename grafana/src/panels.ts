import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What a panel says of itself, and the room it takes on the grid, which is 24 columns wide. */
export interface About {
  readonly title: string;
  /** What it shows, what is well, and where to look when it is not. */
  readonly description: string;
  /** One of Grafana's units: `s`, `short`, `percentunit`. */
  readonly unit: string;
  readonly width: number;
  readonly height: number;
}

export interface Query {
  readonly expr: string;
  /** The name of a series, from its labels: `{{phase}}`. */
  readonly legend: string;
}

/** The data source that the dashboard's variable picks. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** The queries of a panel, over the time it shows. */
const over = (queries: readonly Query[]): DataqueryBuilder[] =>
  queries.map(({ expr, legend }, index) =>
    new DataqueryBuilder().refId(refId(index)).datasource(DATASOURCE).expr(expr).legendFormat(legend).range(),
  );

/** The queries of a panel, as it is now. */
export const now = (queries: readonly Query[]): DataqueryBuilder[] =>
  queries.map(({ expr, legend }, index) =>
    new DataqueryBuilder().refId(refId(index)).datasource(DATASOURCE).expr(expr).legendFormat(legend).instant(),
  );

/** One number, large, with the colour of how well that is. */
export const stat = (about: About, expr: string, legend = about.title): StatBuilder =>
  new StatBuilder()
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .span(about.width)
    .height(about.height)
    .datasource(DATASOURCE)
    .targets(now([{ expr, legend }]))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .justifyMode(BigValueJustifyMode.Center)
    .textMode(BigValueTextMode.Value);

/** What the lines are, and each with these of its numbers. */
const legend = (...calcs: readonly string[]): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([...calcs]);

/** Lines over time. */
export const lines = (about: About, ...queries: readonly Query[]): TimeseriesBuilder =>
  new TimeseriesBuilder()
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .span(about.width)
    .height(about.height)
    .datasource(DATASOURCE)
    .targets(over(queries))
    .min(0)
    .lineWidth(2)
    .fillOpacity(8)
    .gradientMode(GraphGradientMode.Opacity)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend('lastNotNull'))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));

/** What is counted, and holds its number until it changes. */
export const stairs = (about: About, ...queries: readonly Query[]): TimeseriesBuilder =>
  lines(about, ...queries)
    .lineInterpolation(LineInterpolation.StepAfter)
    .decimals(0);

/** Parts of a whole, one upon the other. */
export const stacked = (about: About, ...queries: readonly Query[]): TimeseriesBuilder =>
  stairs(about, ...queries)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .fillOpacity(60)
    .gradientMode(GraphGradientMode.None)
    .lineWidth(1)
    // What anyBy says where there is nothing.
    .overrideByName('none', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'text' } }]);

/** What happened, as often as it did. */
export const bars = (about: About, ...queries: readonly Query[]): TimeseriesBuilder =>
  stacked(about, ...queries)
    .interval('1m')
    .lineWidth(0)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .showPoints(VisibilityMode.Never)
    .legend(legend());

/** States over time, a line each. */
export const timeline = (about: About, ...queries: readonly Query[]): StateTimelineBuilder =>
  new StateTimelineBuilder()
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .span(about.width)
    .height(about.height)
    .datasource(DATASOURCE)
    .targets(over(queries))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(legend().showLegend(false));
