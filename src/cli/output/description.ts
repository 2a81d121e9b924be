import { stringify } from 'yaml';
import type { Description } from '../../server/views/description.ts';
import type { Paint } from '../context.ts';
import { paintPhase } from '../kinds/project.ts';
import { ageText, spanText } from './age.ts';
import { attemptText } from './attempt.ts';
import { heartbeatFacts } from './heartbeat.ts';
import { tableText } from './table.ts';

/** A Project's story for people: what is wanted, how it stands, what was tried, and what happened. */
export const descriptionText = (story: Description, nowMs: number, paint: Paint): string => {
  const { metadata, spec, status } = story.project;
  const ago = (atMs: number | null): string => (atMs === null ? '-' : `${ageText(atMs, nowMs)} ago`);
  const facts: [string, string | null][] = [
    ['Name', metadata.name],
    ['Uid', metadata.uid],
    ['Labels', pairs(metadata.labels)],
    ['Annotations', pairs(metadata.annotations)],
    ['Manifest', story.file],
    ['Manifest error', story.manifestError],
    ['Created', ago(Date.parse(metadata.creationTimestamp ?? ''))],
    [
      'Deletion',
      story.deletion && `asked for ${ago(story.deletion.requestedAt)}${story.deletion.force ? ', forced' : ''}`,
    ],
    ['Phase', `${paintPhase(status.phase, paint)} (${status.reason}): ${status.message}`],
    [
      'Session',
      status.sessionName && `${status.sessionName} (${status.sessionId ?? 'no id yet'}) on ${status.socket ?? '-'}`,
    ],
    ['Started', status.startedAt === null ? null : ago(status.startedAt)],
    ['Attempt', String(status.attempt)],
    ['Restarts', String(status.restarts)],
    [
      'Failures',
      `${status.failures} (${spec.restartPolicy === 'Always' ? 'no limit' : `backoffLimit ${spec.backoffLimit}`})`,
    ],
    [
      'Next attempt',
      status.nextAttemptAt !== null && status.nextAttemptAt > nowMs
        ? `in ${spanText(status.nextAttemptAt - nowMs)}`
        : null,
    ],
    ...heartbeatFacts(story.heartbeat, nowMs),
    [
      'Pending',
      story.pendingCommand && `${story.pendingCommand.verb}, asked for ${ago(story.pendingCommand.requestedAt)}`,
    ],
  ];
  return [
    tableText(facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[`${name}:`, value]]))),
    section('Spec', stringify(spec, { lineWidth: 0 })),
    section('Conditions', conditions(story, nowMs)),
    section('Pre-flight', preflight(story)),
    section('Attempts', story.attempts.map((attempt) => attemptText(attempt, nowMs)).join('\n')),
    section('Events', events(story, nowMs, paint)),
  ].join('\n');
};

const section = (title: string, text: string): string =>
  text.trim() === '' ? `${title}: <none>` : `${title}:\n${text.trimEnd().replace(/^(?=.)/gm, '  ')}`;

const pairs = (map: Readonly<Record<string, string>> = {}): string =>
  Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

const conditions = ({ project }: Description, nowMs: number): string =>
  project.status.conditions.length === 0
    ? ''
    : tableText([
        ['TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'],
        ...project.status.conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
          type,
          status,
          reason,
          ageText(Date.parse(lastTransitionTime), nowMs),
          message,
        ]),
      ]);

const preflight = ({ preflight }: Description): string =>
  preflight === null || preflight.checks.length === 0
    ? ''
    : tableText([
        ['CHECK', 'RESULT', 'FOUND', 'REMEDY'],
        ...preflight.checks.map(({ name, result, message, remedy }) => [name, result, message, remedy]),
      ]);

const events = ({ events }: Description, nowMs: number, paint: Paint): string =>
  events.length === 0
    ? ''
    : tableText([
        ['TYPE', 'REASON', 'AGE', 'COUNT', 'MESSAGE'],
        ...events.map(({ type, reason, lastAt, count, message }) => [
          type === 'Warning' ? paint.yellow(type) : type,
          reason,
          ageText(lastAt, nowMs),
          String(count),
          message,
        ]),
      ]);
