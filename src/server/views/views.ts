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
import { type Page, pageOf } from './page.ts';
import { type ProjectFilter, selectEvents, selectProjects } from './selection.ts';

/** What can be read, with a controller or without: pure functions over the read side of the store (failure 47). */
export interface Views {
  /** In order of name. @throws UserError when a selector is none, or the token of the page */
  projects(query?: ProjectFilter & Page): List<ProjectObject>;
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
  readonly object?: string | undefined;
  /** `type=Warning`, `reason!=Started`, `object=…` */
  readonly fieldSelector?: string | undefined;
  /** Only events with a larger id. */
  readonly afterId?: number | undefined;
  /** At most so many: the newest, or with `afterId` the next. Default: all. */
  readonly limit?: number | undefined;
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
    projects: (query = {}) => {
      const items = reader.projects().map(show).filter(selectProjects(query));
      const warnings = reader.quarantined().map(({ error }) => error);
      return pageOf(listOf('Project', reader.revision(), items, warnings), ({ metadata }) => metadata.name, query);
    },
    project: (name) => show(find(name)),
    describe: (name) => describeProject(find(name), reader, socketOf, beatsOf),
    events: (filter = {}) => listOf('Event', reader.revision(), eventsOf(reader, filter)),
    manifests: () => listOf('Manifest', reader.revision(), reader.manifests()),
    queues: () => listOf('Queue', reader.revision(), queueViews(reader)),
    notifications: () => listOf('Notification', reader.revision(), notificationViews(reader)),
  };
};

const eventsOf = (reader: StoreReader, { object, fieldSelector, afterId, limit }: EventFilter): readonly Event[] => {
  const about = { ...(object !== undefined && { object }), ...(afterId !== undefined && { afterId }) };
  if (fieldSelector === undefined) return reader.events({ ...about, ...(limit !== undefined && { limit }) });
  const selected = reader.events(about).filter(selectEvents(fieldSelector));
  if (limit === undefined) return selected;
  return afterId === undefined ? selected.slice(Math.max(0, selected.length - limit)) : selected.slice(0, limit);
};
