import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { controller } from './controller.ts';
import { overview } from './overview.ts';
import { project } from './project.ts';
import { success } from './success.ts';

/** Every dashboard there is, by the name of its file. */
export const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = { overview, project, controller, success };
