import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type VariableModel,
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

/** Which controller the dashboard is about. */
const controllerVariables = (): { build(): VariableModel }[] => [
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the controller')
    .type('prometheus'),
  labelVariable('job', 'Job', 'tmuxlet_build_info', 'The scrape job of the controller').current({
    text: 'tmuxlet',
    value: 'tmuxlet',
  }),
  labelVariable('instance', 'Controller', 'tmuxlet_build_info{job="$job"}', 'One controller of the job'),
];

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

/** Panels that answer one question. */
export interface Row {
  readonly title: string;
  readonly panels: readonly { build(): Panel }[];
}

interface About {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  /** Beside data source, job and controller. */
  readonly variables?: readonly QueryVariableBuilder[];
  /** Beside those of the fleet. */
  readonly annotations?: readonly AnnotationQueryBuilder[];
}

/** A dashboard of these rows, with what all have in common: variables, annotations, and links to each other. */
export const dashboardOf = (about: About, ...rows: readonly Row[]): Dashboard => {
  const builder = new DashboardBuilder(about.title)
    .uid(about.uid)
    .description(about.description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: about.from, to: 'now' })
    .refresh(about.refresh)
    .timezone('browser')
    .variables([...controllerVariables(), ...(about.variables ?? [])])
    .annotations([...fleetAnnotations(), ...(about.annotations ?? [])])
    .link(
      new DashboardLinkBuilder('tmuxlet')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    );
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  const dashboard = builder.build();
  // Grafana knows panels by number, in links for one.
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
