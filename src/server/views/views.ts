import { UserError } from '../../api/errors.ts';
import type { Event } from '../../api/event.ts';
import type { ManifestRow, StoreReader } from '../../api/ports/store.ts';
import type { ProjectObject, ProjectRow } from '../../api/project.ts';
import { type Description, describeProject } from './description.ts';
import type { LiveBeatsOf } from './heartbeat.ts';
import { type List, listOf } from './list.ts';
import { projectObject, type SocketOf } from './project.ts';
import { type NotificationView, notificationViews } from './notification.ts';
import { type QueueView, queueViews } from './queue.ts';
import { parseSelector } from './selector.ts';

/** What can be read, with a controller or without: pure functions over the read side of the store (failure 47). */
export interface Views {
  /** In order of name. @throws UserError when the selector is none */
  projects(selector?: string): List<ProjectObject>;
  /** @throws NotFound, or Unreadable when its row is odd */
  project(name: string): ProjectObject;
  /** @throws NotFound */
  describe(name: string): Description;
  events(filter?: EventFilter): List<Event>;
  manifests(): List<ManifestRow>;
  queues(): List<QueueView>;
  notifications(): List<NotificationView>;
}

export interface EventFilter {
  /** `Project/web`, `Controller`… */
  readonly object?: string;
  /** Only events with a larger id. */
  readonly afterId?: number;
  /** At most so many: the newest, or with `afterId` the next. Default: all. */
  readonly limit?: number;
}

/** There is no such object; said in kubectl's words. */
export class NotFound extends UserError {}

/** `beatsOf` is for where a controller runs. */
export const createViews = (reader: StoreReader, socketOf: SocketOf, beatsOf: LiveBeatsOf = () => null): Views => {
  const show = (row: ProjectRow): ProjectObject =>
    projectObject(row, reader.attempt(row.uid, row.memory.attempt), socketOf);
  const find = (name: string): ProjectRow => {
    const row = reader.projectByName(name);
    if (row === null) throw new NotFound(`project "${name}" not found`);
    return row;
  };
  return {
    projects: (selector) => {
      const selected = selector ? parseSelector(selector) : () => true;
      const rows = reader.projects().filter(({ labels }) => selected(labels));
      const warnings = reader.quarantined().map(({ error }) => error);
      return listOf('Project', reader.version(), rows.map(show), warnings);
    },
    project: (name) => show(find(name)),
    describe: (name) => describeProject(find(name), reader, socketOf, beatsOf),
    events: (filter) => listOf('Event', reader.version(), reader.events(filter)),
    manifests: () => listOf('Manifest', reader.version(), reader.manifests()),
    queues: () => listOf('Queue', reader.version(), queueViews(reader)),
    notifications: () => listOf('Notification', reader.version(), notificationViews(reader)),
  };
};
