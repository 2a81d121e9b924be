import { Gauge, type Registry } from 'prom-client';
import type { Condition } from '../../api/condition.ts';
import { LOCK_PURPOSES } from '../../api/lock.ts';
import { nextDeadlineAt } from '../../api/next-deadline.ts';
import type { Holder } from '../../api/ports/world.ts';
import type { ProjectRow } from '../../api/project.ts';
import { elapsedMs, type Now } from '../../api/time.ts';
import { SnapshotGauge } from '../snapshot-gauge.ts';

export interface ProjectSeriesSources {
  /** Locks of Projects that are held now, by anybody. */
  readonly locks: () => readonly Holder[];
  /** When a Project's last beat was seen; null when none was, or none is asked for. */
  readonly lastBeat: (row: ProjectRow) => Now | null;
  /** Of how many Projects each has series of its own. */
  readonly most: number;
}

const STATUS: Readonly<Record<Condition['status'], number>> = { True: 1, False: 0, Unknown: -1 };

/** What people hold a lock for is free text, and no value of a label. */
const purposeOf = ({ purpose }: Holder): string => LOCK_PURPOSES.find((known) => known === purpose) ?? 'other';

/** Series of each Project. They are written anew from the rows at every scrape, so that they go when the Project goes. */
export const projectSeries = (registry: Registry, { locks, lastBeat, most }: ProjectSeriesSources) => {
  const gauges: SnapshotGauge<string>[] = [];
  const gauge = <L extends string>(
    name: string,
    help: string,
    ...labelNames: readonly L[]
  ): SnapshotGauge<L | 'project'> => {
    const made = new SnapshotGauge<L | 'project'>({
      name,
      help,
      labelNames: ['project', ...labelNames],
      registers: [registry],
    });
    gauges.push(made);
    return made;
  };
  const info = gauge('tmuxlet_project_info', 'Always 1; its labels say which queue the Project is of.', 'queue');
  const phase = gauge(
    'tmuxlet_project_phase',
    '1 for the phase the Project is in; the others have no series.',
    'phase',
  );
  const condition = gauge(
    'tmuxlet_project_condition',
    'The Project’s conditions: 1 True, 0 False, -1 Unknown.',
    'condition',
  );
  const beatAge = gauge(
    'tmuxlet_project_heartbeat_age_seconds',
    'Age of the last heartbeat seen of a running Project.',
  );
  const deadline = gauge(
    'tmuxlet_project_next_deadline_timestamp_seconds',
    'When time alone will change something next: the end of a back-off, of the time for a start, a run, or to be kept.',
  );
  const attempt = gauge('tmuxlet_project_attempt', 'Number of the newest attempt; 0 before the first.');
  const restarts = gauge('tmuxlet_project_restarts', 'Runs of the primary after its first; a reset forgets them.');
  const failures = gauge('tmuxlet_project_failures', 'Failures in a row, which backoffLimit is compared with.');
  const created = gauge('tmuxlet_project_created_timestamp_seconds', 'When the Project was first seen.');
  const held = gauge(
    'tmuxlet_project_lock_held_seconds',
    'How long the Project’s lock has been held by whoever holds it now; other is a person’s own purpose.',
    'purpose',
  );
  const unlisted = new Gauge({
    name: 'tmuxlet_projects_unlisted',
    help: 'Projects without series of their own, since there are more than the setting metricsProjects allows.',
    registers: [registry],
  });

  const show = (row: ProjectRow, now: Now): void => {
    const { name: project, memory } = row;
    info.add({ project, queue: row.spec.queue }, 1);
    phase.add({ project, phase: memory.phase }, 1);
    for (const { type, status } of memory.conditions) condition.add({ project, condition: type }, STATUS[status]);
    attempt.add({ project }, memory.attempt);
    restarts.add({ project }, memory.restarts);
    failures.add({ project }, memory.failures);
    created.add({ project }, row.createdAt / 1000);
    const beat = lastBeat(row);
    if (beat !== null) beatAge.add({ project }, elapsedMs(beat, now) / 1000);
    const next = nextDeadlineAt(row, now.wallMs);
    if (next !== null) deadline.add({ project }, next / 1000);
  };

  return (rows: readonly ProjectRow[], now: Now): void => {
    for (const each of gauges) each.clear();
    const listed = rows.slice(0, most);
    for (const row of listed) show(row, now);
    unlisted.set(rows.length - listed.length);
    const names = new Set(listed.map(({ name }) => name));
    for (const holder of locks()) {
      if (!holder.held || !names.has(holder.name)) continue;
      const labels = { project: holder.name, purpose: purposeOf(holder) };
      held.add(labels, Math.max(0, now.wallMs - holder.since) / 1000);
    }
  };
};
