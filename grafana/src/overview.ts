import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf, queueVariable } from './dashboard.ts';
import { IS_IT_WELL } from './overview/is-it-well.ts';
import { WHAT_HAPPENED } from './overview/what-happened.ts';
import { WHAT_IS_STUCK } from './overview/what-is-stuck.ts';

export const overview = (): Dashboard =>
  dashboardOf(
    {
      uid: 'tmuxlet-overview',
      title: 'tmuxlet: Overview',
      description: 'Is it well, what is stuck, and why',
      from: 'now-1h',
      refresh: '10s',
      variables: [queueVariable()],
    },
    IS_IT_WELL,
    WHAT_IS_STUCK,
    WHAT_HAPPENED,
  );
