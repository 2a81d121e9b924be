import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Alert, PendingAlert } from '../api/alert.ts';
import { StoredNow } from '../api/memory-schema.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import { readJson } from './json.ts';

/** Settings that keep how far events were read, and when the newest messages were made. */
const CURSOR = 'alerts.cursor';
const SENT = 'alerts.sent';

const Pending: z.ZodType<PendingAlert> = z.object({
  severity: z.enum(['critical', 'warning', 'info']),
  message: z.string(),
  times: z.number(),
  firstAt: z.number(),
  lastAt: z.number(),
  since: StoredNow,
});
const Sent = z.array(StoredNow);

type StoredAlert = Omit<Alert, 'pending' | 'toldAt'> & {
  readonly pending: string | null;
  readonly told: string | null;
};

const COLUMNS = 'reason, object, event_id AS eventId, event_count AS eventCount, pending, told';

export const alertReads = (db: Database): Pick<StoreReader, 'alert' | 'pendingAlerts' | 'alertProgress'> => {
  const one = db.prepare<[string, string], StoredAlert>(
    `SELECT ${COLUMNS} FROM alerts WHERE reason = ? AND object = ?`,
  );
  const pending = db.prepare<[], StoredAlert>(
    `SELECT ${COLUMNS} FROM alerts WHERE pending IS NOT NULL ORDER BY reason, object`,
  );
  const setting = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  return {
    alert: (reason, object) => {
      const stored = one.get(reason, object);
      return stored === undefined ? null : readAlert(stored);
    },
    pendingAlerts: () => pending.all().map(readAlert),
    alertProgress: () => ({
      cursor: Number(setting.get(CURSOR) ?? 0),
      sent: readJson(Sent, setting.get(SENT) ?? '[]') ?? [],
    }),
  };
};

/** What of a row cannot be read is as if it had never been: at worst something is told twice. */
const readAlert = ({ pending, told, ...stored }: StoredAlert): Alert => ({
  ...stored,
  pending: pending === null ? null : (readJson(Pending, pending) ?? null),
  toldAt: told === null ? null : (readJson(StoredNow, told) ?? null),
});

export const alertWrites = (db: Database): Pick<StoreWrites, 'setAlerting' | 'putAlerts'> => {
  const put = db.prepare<[object]>(`
    INSERT INTO alerts (reason, object, event_id, event_count, pending, told)
    VALUES (@reason, @object, @eventId, @eventCount, @pending, @told)
        ON CONFLICT (reason, object) DO UPDATE
       SET event_id = excluded.event_id, event_count = excluded.event_count,
           pending = excluded.pending, told = excluded.told`);
  const putSetting = db.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const begin = db.prepare<[string]>(
    'INSERT INTO settings (key, value) SELECT ?, CAST(revision AS TEXT) FROM meta WHERE TRUE ON CONFLICT (key) DO NOTHING',
  );
  const end = db.prepare<[string]>('DELETE FROM settings WHERE key = ?');
  const forget = db.prepare('DELETE FROM alerts');
  return {
    setAlerting: (on) => {
      if (on) begin.run(CURSOR);
      else if (end.run(CURSOR).changes > 0) forget.run();
    },
    putAlerts: (alerts, { cursor, sent }) => {
      for (const { pending, toldAt, ...alert } of alerts) {
        put.run({ ...alert, pending: jsonOf(pending), told: jsonOf(toldAt) });
      }
      putSetting.run(CURSOR, String(cursor));
      putSetting.run(SENT, JSON.stringify(sent));
    },
  };
};

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
