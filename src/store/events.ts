import type { Database } from 'better-sqlite3';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import type { Event } from '../api/event.ts';
import { NEXT_VERSION, type VersionedWrite } from './revision.ts';

/** Events kept of each object: the story of what went on lately. */
const KEPT_EVENTS = 200;

const ALL = -1;

const COLUMNS = 'id, type, reason, message, object, count, first_at AS firstAt, last_at AS lastAt';

export const eventReads = (db: Database): Pick<StoreReader, 'events' | 'eventsSince'> => {
  const select = (where: string, order: string) =>
    db.prepare<[object], Event>(`SELECT ${COLUMNS} FROM events WHERE ${where} ORDER BY id ${order} LIMIT @limit`);
  const after = select('id > @afterId', 'ASC');
  const afterOf = select('object = @object AND id > @afterId', 'ASC');
  const newest = select('TRUE', 'DESC');
  const newestOf = select('object = @object', 'DESC');
  const changed = db.prepare<[number, number], Event & { readonly revision: number }>(
    `SELECT ${COLUMNS}, revision FROM events WHERE revision > ? ORDER BY revision LIMIT ?`,
  );
  return {
    eventsSince: (cursor, limit) => {
      const rows = changed.all(cursor, limit);
      return { events: rows.map(({ revision: _, ...event }) => event), cursor: rows.at(-1)?.revision ?? cursor };
    },
    events: ({ object, afterId, limit = ALL } = {}) => {
      if (afterId !== undefined) return (object === undefined ? after : afterOf).all({ object, afterId, limit });
      return (object === undefined ? newest : newestOf).all({ object, limit }).reverse();
    },
  };
};

export const eventWrites = (db: Database, versioned: VersionedWrite): Pick<StoreWrites, 'recordEvent'> => {
  const repeat = db.prepare<[object]>(`
    UPDATE events SET count = count + 1, last_at = @at, revision = ${NEXT_VERSION}
     WHERE id = (SELECT max(id) FROM events WHERE object = @object)
       AND (type, reason, message) = (@type, @reason, @message)`);
  const add = db.prepare<[object]>(`
    INSERT INTO events (type, reason, message, object, count, first_at, last_at, revision)
    VALUES (@type, @reason, @message, @object, 1, @at, @at, ${NEXT_VERSION})`);
  const dropOld = db.prepare<[object]>(`
    DELETE FROM events
     WHERE object = @object
       AND id <= (SELECT id FROM events WHERE object = @object ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_EVENTS})`);
  return {
    recordEvent: (event, at) => {
      if (versioned(repeat, { ...event, at })) return;
      versioned(add, { ...event, at });
      dropOld.run({ object: event.object });
    },
  };
};
