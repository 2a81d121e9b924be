import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf } from './dashboard.ts';
import { AT_ONCE } from './success/at-once.ts';
import { AVAILABILITY } from './success/availability.ts';
import { FIGURES } from './success/figures.ts';
import { MENDED } from './success/mended.ts';
import { PHANTOMS } from './success/phantoms.ts';

export const success = (): Dashboard =>
  dashboardOf(
    {
      uid: 'tmuxlet-success',
      title: 'tmuxlet: Success',
      description: 'The four figures that tmuxlet is measured by, against their targets',
      from: 'now-7d',
      refresh: '1m',
    },
    FIGURES,
    PHANTOMS,
    AT_ONCE,
    AVAILABILITY,
    MENDED,
  );
