import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { fleetAnnotations } from './annotations.ts';
import { DATASOURCE } from './panels.ts';
import { metric } from './promql.ts';

/** All dashboards have this tag, and link to what has it. */
export const TAG = 'tmuxlet';

/** A variable whose values are those of a label. */
const labelVariable = (name: string, label: string, series: string, description: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ query: `label_values(${series}, ${name})`, refId: name })
    .definition(`label_values(${series}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);

/** Several queues at once, and all of them as a rule. */
export const queueVariable = (): QueryVariableBuilder =>
  labelVariable('queue', 'Queue', metric('tmuxlet_queue_limit'), 'Queues to look at')
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });

/** One Project, of the picked queues. */
export const projectVariable = (): QueryVariableBuilder =>
  labelVariable(
    'project',
    'Project',
    metric('tmuxlet_project_info', 'queue=~"$queue"'),
    'The Project to look at; those of the picked queues are offered',
  );

interface Frame {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  /** Beside data source, job and instance. */
  readonly variables?: readonly QueryVariableBuilder[];
  /** Beside those of the fleet. */
  readonly annotations?: readonly AnnotationQueryBuilder[];
}

/** What all dashboards have in common: variables, annotations, and links to each other. */
export const frame = ({ uid, title, description, from, refresh, variables = [], annotations = [] }: Frame) =>
  new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' })
    .refresh(refresh)
    .timezone('browser')
    .variables([
      new DatasourceVariableBuilder('datasource')
        .label('Data source')
        .description('The Prometheus that scrapes the controller')
        .type('prometheus'),
      labelVariable('job', 'Job', 'tmuxlet_build_info', 'The scrape job of the controller').current({
        text: 'tmuxlet',
        value: 'tmuxlet',
      }),
      labelVariable('instance', 'Controller', 'tmuxlet_build_info{job="$job"}', 'One controller of the job'),
      ...variables,
    ])
    .annotations([...fleetAnnotations(), ...annotations])
    .link(
      new DashboardLinkBuilder('tmuxlet')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    );

/** The dashboard, with a number for each of its panels: Grafana knows them by it, and links to them last. */
export const numbered = (builder: DashboardBuilder): Dashboard => {
  const dashboard = builder.build();
  dashboard.panels?.forEach((panel, index) => {
    panel.id = index + 1;
  });
  return dashboard;
};

/** To the dashboard of the Project that was clicked at, with what is picked and the time that is shown. */
export const TO_PROJECT = {
  title: 'Open this Project',
  url:
    '/d/tmuxlet-project?var-project=${__value.raw:percentencode}' +
    '&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${__url_time_range}',
};
