import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { projectAnnotations } from './annotations.ts';
import { dashboardOf, projectVariable, queueVariable } from './dashboard.ts';
import { AS_IT_IS } from './project/as-it-is.ts';
import { ITS_LIFE } from './project/its-life.ts';
import { OR_ALL } from './project/or-all.ts';

export const project = (): Dashboard =>
  dashboardOf(
    {
      uid: 'tmuxlet-project',
      title: 'tmuxlet: Project',
      description: 'One Project’s life',
      from: 'now-3h',
      refresh: '10s',
      variables: [queueVariable(), projectVariable()],
      annotations: projectAnnotations(),
    },
    AS_IT_IS,
    ITS_LIFE,
    OR_ALL,
  );
