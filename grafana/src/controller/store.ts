import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { lines } from '../panels.ts';
import { metric, quantile, rate } from '../promql.ts';

const third = { width: 8, height: 8 };

export const STORE: Row = {
  title: 'Store and disk',
  panels: [
    lines(
      {
        ...third,
        title: 'Time of a transaction',
        description: 'Usually below a millisecond. A slow disk shows here first.',
        unit: unit.Seconds,
      },
      { expr: quantile(0.5, 'tmuxlet_store_transaction_seconds'), legend: 'p50' },
      { expr: quantile(0.99, 'tmuxlet_store_transaction_seconds'), legend: 'p99' },
    ),
    lines(
      {
        ...third,
        title: 'Transactions',
        description: 'By how they ended, and errors. When all is as it should be nothing is written.',
        unit: unit.OpsPerSecond,
      },
      { expr: `sum by (result) (${rate(metric('tmuxlet_store_transaction_seconds_count'))})`, legend: '{{result}}' },
      { expr: rate(metric('tmuxlet_store_errors_total')), legend: 'errors' },
    ),
    lines(
      {
        ...third,
        title: 'Size of the store',
        description:
          'The database, and its log of writes (WAL), which is emptied every 30 seconds. A log that only grows has a reader that does not let go.',
        unit: unit.BytesIEC,
      },
      { expr: metric('tmuxlet_store_size_bytes'), legend: 'database' },
      { expr: metric('tmuxlet_store_wal_size_bytes'), legend: 'WAL' },
    ),
  ],
};
