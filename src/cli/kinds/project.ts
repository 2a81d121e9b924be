import type { Phase } from '../../api/phase.ts';
import type { ProjectObject } from '../../api/project.ts';
import type { Paint } from '../context.ts';
import { ageText } from '../output/age.ts';
import { type Kind, NONE } from './kind.ts';

const COLOURS: Partial<Record<Phase, 'green' | 'red' | 'yellow' | 'cyan' | 'dim'>> = {
  Running: 'green',
  Completed: 'cyan',
  Failed: 'red',
  BackingOff: 'yellow',
  Waiting: 'yellow',
  Suspended: 'dim',
};

export const paintPhase = (phase: Phase, paint: Paint): string => paint[COLOURS[phase] ?? 'reset'](phase);

export const projects: Kind<ProjectObject> = {
  singular: 'project',
  plural: 'projects',
  aliases: ['proj'],
  list: (client, selector) => client.projects(selector),
  watch: {
    open: (client, selector, signal) => client.watchProjects(selector, signal),
    // The attempt is shown too, and has no version.
    versionOf: (project) => JSON.stringify(project),
  },
  nameOf: ({ metadata }) => metadata.name,
  columns: [
    { title: 'NAME', of: ({ metadata }) => metadata.name },
    { title: 'PHASE', of: ({ status }, { paint }) => paintPhase(status.phase, paint) },
    { title: 'REASON', of: ({ status }) => status.reason },
    { title: 'ATTEMPT', of: ({ status }) => String(status.attempt) },
    { title: 'RESTARTS', of: ({ status }) => String(status.restarts) },
    { title: 'AGE', of: ({ metadata }, { nowMs }) => ageText(Date.parse(metadata.creationTimestamp ?? ''), nowMs) },
    { title: 'FAILURES', of: ({ status }) => String(status.failures), wide: true },
    { title: 'QUEUE', of: ({ spec }) => spec.queue, wide: true },
    { title: 'PRIORITY', of: ({ spec }) => String(spec.priority), wide: true },
    { title: 'SESSION', of: ({ status }) => status.sessionName ?? NONE, wide: true },
    { title: 'ID', of: ({ status }) => status.sessionId ?? NONE, wide: true },
    { title: 'MESSAGE', of: ({ status }) => status.message, wide: true },
  ],
};
