import * as unit from '@grafana/grafana-foundation-sdk/units';
import { type Row } from '../dashboard.ts';
import { lines, stairs } from '../panels.ts';
import { metric, quantile, rate } from '../promql.ts';

const third = { width: 8, height: 8 };

export const WORK_QUEUES: Row = {
  title: 'Queues of work',
  panels: [
    stairs(
      {
        ...third,
        title: 'Keys that wait',
        description: 'Depth of each workqueue. It rises with a wave of changes and must fall again.',
        unit: unit.Short,
      },
      { expr: metric('workqueue_depth'), legend: '{{name}}' },
    ),
    lines(
      {
        ...third,
        title: 'Wait for a worker (p99)',
        description: 'How long a key waits before a worker takes it: how late tmuxlet reacts.',
        unit: unit.Seconds,
      },
      { expr: quantile(0.99, 'workqueue_queue_duration_seconds', 'name'), legend: '{{name}}' },
    ),
    lines(
      {
        ...third,
        title: 'Keys added and tried again',
        description: 'Adds of all queues, and the part of them that came back after a failure.',
        unit: unit.OpsPerSecond,
      },
      { expr: `sum(${rate(metric('workqueue_adds_total'))})`, legend: 'added' },
      { expr: `sum(${rate(metric('workqueue_retries_total'))})`, legend: 'tried again' },
    ),
  ],
};
