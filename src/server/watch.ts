import type { Request, Response } from 'express';
import { API_VERSION } from '../api/manifest.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { ProjectObject } from '../api/project.ts';
import type { Change, Feed } from './feed.ts';
import { lookSoon, type OnTrace } from './soon.ts';
import { type EventStream, openStream } from './sse.ts';
import { Refused } from './status.ts';
import { type ProjectFilter, selectProjects, selectEvents } from './views/selection.ts';
import type { EventFilter, Views } from './views/views.ts';

export interface WatchOptions {
  readonly reader: StoreReader;
  readonly views: Views;
  readonly onTrace: OnTrace;
  /** Aborted when the server closes: streams end. */
  readonly closing: AbortSignal;
  readonly keepAliveMs?: number;
}

interface Watching {
  readonly resourceVersion?: number | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
}

/** Events that somebody who has none yet is told of: the newest. */
const WATCHED_EVENTS = 1000;
/** Events read at a time. */
const BATCH = 500;

/** Kubernetes' BOOKMARK: it has no object but the version up to which all has been told. */
const bookmarkOf = (kind: string, version: number) => ({
  type: 'BOOKMARK',
  object: { apiVersion: API_VERSION, kind, metadata: { resourceVersion: String(version) } },
});

/** Where to go on: as the query says, or as a browser does that comes back by itself. */
const afterOf = (request: Request, { resourceVersion }: Watching): number | undefined => {
  const last = request.get('Last-Event-ID') ?? '';
  if (last !== '' && !/^\d{1,15}$/.test(last)) throw new Refused(400, 'Last-Event-ID: must be the id of an event');
  const after = last === '' ? resourceVersion : Number(last);
  // As in Kubernetes, 0 is any version: the list comes first.
  return after === 0 ? undefined : after;
};

/** A stream that says from time to time up to where all has been told, to those who want to know. */
const streamOf = (
  response: Response,
  { closing, keepAliveMs }: WatchOptions,
  { allowWatchBookmarks }: Watching,
  kind: string,
  version: () => number,
): EventStream => {
  const onQuiet = (): boolean => {
    if (allowWatchBookmarks) stream.send('BOOKMARK', bookmarkOf(kind, version()), version());
    return allowWatchBookmarks ?? false;
  };
  const stream = openStream(response, { closing, onQuiet, ...(keepAliveMs !== undefined && { keepAliveMs }) });
  return stream;
};

export const watchProjects = (
  options: WatchOptions,
  feed: Feed<ProjectObject>,
  request: Request,
  response: Response,
  query: ProjectFilter & Watching,
): void => {
  const selected = selectProjects(query);
  const after = afterOf(request, query);
  feed.begin();
  let stream: EventStream | null = null;
  const open = () => (stream ??= streamOf(response, options, query, 'Project', () => feed.version));
  const stop = feed.watch((change) => {
    if (change.type === 'BOOKMARK') {
      open().send('BOOKMARK', bookmarkOf('Project', change.version), change.version);
      open().live();
      return;
    }
    const type = typeFor(change, selected);
    const id = change.complete ? change.version : null;
    if (type !== null) open().send(type, { type, object: objectOf(change) }, id);
  }, after);
  open().onEnd(stop);
};

/** As one sees it who only sees what is selected: what loses the label is gone. */
const typeFor = (
  { type, object, before }: Change<ProjectObject>,
  selected: (project: ProjectObject) => boolean,
): Change<ProjectObject>['type'] | null => {
  const was = before !== null && selected(before);
  const is = type !== 'DELETED' && selected(object);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : null;
};

/** What is gone has the version of its end. */
const objectOf = ({ type, object, version }: Change<ProjectObject>): ProjectObject =>
  type === 'DELETED' ? { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } } : object;

/** Events are resumed from the store itself, and so over a restart of the controller too. */
export const watchEvents = (
  options: WatchOptions,
  request: Request,
  response: Response,
  filter: EventFilter & Watching,
): void => {
  const { reader, views, onTrace } = options;
  const { object: about, afterId = 0, fieldSelector } = filter;
  const selected = selectEvents(fieldSelector);
  const after = afterOf(request, filter);
  const now = reader.revision();
  if (after !== undefined && after > now) throw new Refused(410, `resourceVersion ${after} is unknown: list again`);
  const stream = streamOf(response, options, filter, 'Event', () => cursor);
  let cursor = after ?? now;
  let newest = 0;

  const tell = (events: ReturnType<StoreReader['events']>, version: number | null): void => {
    const wanted = events.filter(
      (event) => event.id > afterId && (about === undefined || event.object === about) && selected(event),
    );
    for (const [index, event] of wanted.entries()) {
      const type = event.id > newest ? 'ADDED' : 'MODIFIED';
      newest = Math.max(newest, event.id);
      stream.send(type, { type, object: event }, index === wanted.length - 1 ? version : null);
    }
  };
  const tellNew = (): void => {
    for (;;) {
      const { events, cursor: next } = reader.eventsSince(cursor, BATCH);
      cursor = next;
      tell(events, next);
      if (events.length < BATCH) return;
    }
  };
  if (after === undefined) tell(views.events({ limit: WATCHED_EVENTS }).items, null);
  else tellNew();
  stream.send('BOOKMARK', bookmarkOf('Event', cursor), cursor);
  stream.live();
  stream.onEnd(lookSoon(onTrace, tellNew));
};
