import * as unit from '@grafana/grafana-foundation-sdk/units';
import { TO_PROJECT } from '../dashboard.ts';
import { PHASE_WORDS, phaseNumber, thresholds, words } from '../looks.ts';
import { metric } from '../promql.ts';
import { table } from '../table.ts';

const PICKED = 'queue=~"$queue"';

/** Of a value for each Project, those in the picked queues. */
const ofPicked = (expr: string): string => `${expr}\n  and on (project) ${metric('tmuxlet_project_info', PICKED)}`;

const condition = (type: string): string =>
  ofPicked(`max by (project) (${metric('tmuxlet_project_condition', `condition="${type}"`)})`);

/** How much a Project needs a person: what the table of Projects is sorted by. */
const URGENCY = ofPicked(`max by (project) (
  3 * (${metric('tmuxlet_project_condition', 'condition=~"Failed|Stalled"')} == 1)
  or 2 * ${metric('tmuxlet_project_phase', 'phase=~"Pending|BackingOff"')}
  or 1 * ${metric('tmuxlet_project_phase', 'phase=~"Queued|Waiting|Starting|Terminating"')}
  or 0 * ${metric('tmuxlet_project_info')}
)`);

const URGENCY_WORDS = words({
  3: ['act', 'red'],
  2: ['look', 'orange'],
  1: ['waits', 'blue'],
  0: ['well', 'green'],
});

/** Where `well` needs no colour, so that trouble stands out. */
const onlyTrouble = (well: string, trouble: string, wellWhen: 0 | 1) =>
  words({
    [wellWhen]: [well, 'transparent'],
    [1 - wellWhen]: [trouble, 'red'],
    '-1': ['unknown', 'transparent'],
  });

/** Every Project, what is well of it, and what is not. */
export const PROJECT_TABLE = table(
  {
    title: 'Projects, the most urgent first',
    description:
      'act: Failed or without heartbeat. look: starts anew again and again, or pre-flight holds it. waits: on its way. A click on the name opens its own dashboard; `tmuxlet describe NAME` tells the whole story.',
    unit: unit.Short,
    width: 24,
    height: 12,
  },
  [
    { label: 'project', name: 'Project', width: 200, link: TO_PROJECT },
    { label: 'queue', name: 'Queue', width: 110 },
  ],
  [
    { expr: URGENCY, name: 'Urgency', unit: unit.Short, width: 90, mappings: URGENCY_WORDS },
    { expr: ofPicked(phaseNumber('')), name: 'Phase', unit: unit.Short, width: 110, mappings: PHASE_WORDS },
    {
      expr: condition('PreflightPassed'),
      name: 'Pre-flight',
      unit: unit.Short,
      width: 100,
      mappings: words({ 1: ['passed', 'transparent'], 0: ['failed', 'red'], '-1': ['not run', 'transparent'] }),
    },
    {
      expr: condition('ManifestValid'),
      name: 'Manifest',
      unit: unit.Short,
      width: 100,
      mappings: onlyTrouble('valid', 'broken', 1),
    },
    {
      expr: condition('NameConflict'),
      name: 'Session name',
      unit: unit.Short,
      width: 120,
      mappings: onlyTrouble('no conflict', 'taken', 0),
    },
    {
      expr: condition('Stalled'),
      name: 'Heartbeat',
      unit: unit.Short,
      width: 100,
      mappings: onlyTrouble('not stale', 'stale', 0),
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_heartbeat_age_seconds')})`),
      name: 'Last beat',
      unit: unit.DurationSeconds,
      width: 110,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_attempt')})`),
      name: 'Attempt',
      unit: unit.Short,
      width: 90,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_restarts')})`),
      name: 'Restarts',
      unit: unit.Short,
      width: 90,
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_failures')})`),
      name: 'Failures in a row',
      unit: unit.Short,
      width: 140,
      thresholds: thresholds('transparent', [2, 'orange'], [5, 'red']),
    },
    {
      expr: ofPicked(`max by (project) (${metric('tmuxlet_project_next_deadline_timestamp_seconds')} - time())`),
      name: 'Deadline in',
      unit: unit.DurationSeconds,
    },
    {
      expr: `max by (project, queue) (time() - ${metric('tmuxlet_project_created_timestamp_seconds')}\n  * on (project) group_left (queue) ${metric('tmuxlet_project_info', PICKED)})`,
      name: 'Age',
      unit: unit.DurationSeconds,
    },
  ],
  { by: 'Urgency', descending: true },
);
