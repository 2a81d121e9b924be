import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ACTS } from './controller/acts.ts';
import { LOOP } from './controller/loop.ts';
import { PROCESS } from './controller/process.ts';
import { RECORDS } from './controller/records.ts';
import { STORE } from './controller/store.ts';
import { TMUX } from './controller/tmux.ts';
import { WORK_QUEUES } from './controller/work-queues.ts';
import { dashboardOf } from './dashboard.ts';

export const controller = (): Dashboard =>
  dashboardOf(
    {
      uid: 'tmuxlet-controller',
      title: 'tmuxlet: Controller',
      description: 'Loop, queues of work, tmux, store',
      from: 'now-1h',
      refresh: '10s',
    },
    PROCESS,
    LOOP,
    WORK_QUEUES,
    TMUX,
    STORE,
    ACTS,
    RECORDS,
  );
