import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './panels.ts';
import { metric } from './promql.ts';

/** How often Prometheus is asked for marks. */
const STEP = '1m';

/** What happened lately. Twice as long as a step, so that none is missed; two marks in a row are drawn as one. */
const lately = (counter: string): string => `increase(${counter}[2m])`;

const WARNINGS = metric('tmuxlet_events_total', 'type="Warning"');

interface Marked {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  /** What the mark says; may hold labels: `{{reason}}`. */
  readonly text: string;
  /** Off until somebody switches it on. */
  readonly off?: boolean;
  /** The value of the query is the time of what happened, in milliseconds. */
  readonly timed?: boolean;
}

const marks = ({ name, expr, color, text, off = false, timed = false }: Marked): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(!off)
    .iconColor(color)
    .expr(expr)
    .step(STEP)
    .titleFormat(name)
    .textFormat(text)
    .useValueForTime(timed);

/** What happened to all: the marks of every dashboard. */
export const fleetAnnotations = (): AnnotationQueryBuilder[] => [
  marks({
    name: 'Controller started',
    expr: `${metric('process_start_time_seconds')} * 1000`,
    color: 'blue',
    text: 'a controller started at {{instance}}',
    timed: true,
  }),
  marks({
    name: 'tmux server restarted',
    expr: `${lately(metric('tmuxlet_tmux_server_restarts_total'))} > 0`,
    color: 'orange',
    text: 'a tmux server came back, and with it its sessions',
  }),
  marks({
    name: 'Breaker open',
    expr: `${metric('tmuxlet_fleet_breaker_open')} == 1`,
    color: 'red',
    text: 'most resumes of the fleet failed: starts are held while one Project probes',
  }),
  marks({
    name: 'Manual intervention',
    expr: `sum by (verb) (${lately(metric('tmuxlet_manual_interventions_total'))}) > 0`,
    color: 'purple',
    text: 'a person did: {{verb}}',
  }),
  marks({
    name: 'Warnings',
    expr: `sum by (reason) (${lately(WARNINGS)} or (${WARNINGS} unless ${WARNINGS} offset 2m)) > 0`,
    color: 'yellow',
    text: 'event {{reason}}',
    off: true,
  }),
];

/** What happened to one Project. */
export const projectAnnotations = (): AnnotationQueryBuilder[] => [
  marks({
    name: 'New attempt',
    expr: `changes(${metric('tmuxlet_project_attempt', 'project="$project"')}[2m]) > 0`,
    color: 'green',
    text: '{{project}} began a new attempt: a new session',
  }),
  marks({
    name: 'Restart',
    expr: `changes(${metric('tmuxlet_project_restarts', 'project="$project"')}[2m]) > 0`,
    color: 'orange',
    text: 'the primary of {{project}} was run again',
  }),
];
