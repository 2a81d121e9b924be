import {
  TableCellBackgroundDisplayMode,
  TableCellDisplayMode,
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, ThresholdsConfig, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type About, DATASOURCE } from './panels.ts';

/** A column that shows a label of the rows. */
interface LabelColumn {
  readonly label: string;
  readonly name: string;
  readonly width?: number;
  /** Where a click on it leads. */
  readonly link?: { readonly title: string; readonly url: string };
}

/** A column that shows the value of a query, one a row. */
interface ValueColumn {
  readonly expr: string;
  readonly name: string;
  readonly unit: string;
  readonly width?: number;
  readonly mappings?: ValueMapping[];
  readonly thresholds?: { build(): ThresholdsConfig };
}

interface Sorted {
  readonly by: string;
  readonly descending: boolean;
}

/**
 * A table of what is there now. The queries' results are merged by the labels they share, so each must keep exactly
 * the labels that are columns, or some of them.
 */
export const table = (
  about: About,
  labels: readonly LabelColumn[],
  values: readonly ValueColumn[],
  sorted: Sorted,
): PanelBuilder => {
  const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);
  // So Grafana names the values: by their query, but for a query that is alone.
  const fieldOf = (index: number): string => (values.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const fields = [
    ...labels.map(({ label, name }) => [label, name] as const),
    ...values.map(({ name }, index) => [fieldOf(index), name] as const),
  ];
  const panel = new PanelBuilder()
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .span(about.width)
    .height(about.height)
    .datasource(DATASOURCE)
    .targets(
      values.map(({ expr }, index) =>
        new DataqueryBuilder()
          .refId(refId(index))
          .datasource(DATASOURCE)
          .expr(expr)
          .legendFormat('')
          .format(PromQueryFormat.Table)
          .instant(),
      ),
    )
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(fields.map(([field], index) => [field, index])),
        renameByName: Object.fromEntries(fields),
      },
    })
    .cellHeight(TableCellHeight.Sm)
    .filterable(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sorted.by).desc(sorted.descending)]);
  for (const { name, width, link } of labels) {
    panel.overrideByName(name, [
      ...widthOf(width),
      ...(link ? [{ id: 'links', value: [{ ...link, targetBlank: false }] }] : []),
    ]);
  }
  for (const column of values) panel.overrideByName(column.name, looksOf(column));
  return panel;
};

const widthOf = (width: number | undefined): DynamicConfigValue[] =>
  width === undefined ? [] : [{ id: 'custom.width', value: width }];

/** Colours fill the cell, so that trouble is seen before it is read. */
const looksOf = ({ unit, width, mappings, thresholds }: ValueColumn): DynamicConfigValue[] => [
  { id: 'unit', value: unit },
  ...widthOf(width),
  ...(mappings ? [{ id: 'mappings', value: mappings }] : []),
  ...(thresholds ? [{ id: 'thresholds', value: thresholds.build() }] : []),
  ...(mappings || thresholds
    ? [
        {
          id: 'custom.cellOptions',
          value: { type: TableCellDisplayMode.ColorBackground, mode: TableCellBackgroundDisplayMode.Basic },
        },
      ]
    : []),
];
