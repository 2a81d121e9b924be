import type { Database } from 'better-sqlite3';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';

export const settingReads = (db: Database): Pick<StoreReader, 'setting'> => {
  const one = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  return { setting: (key) => one.get(key) ?? null };
};

export const settingWrites = (db: Database): Pick<StoreWrites, 'setSetting'> => {
  const put = db.prepare<[string, string]>(`
    INSERT INTO settings (key, value) VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`);
  return {
    setSetting: (key, value) => {
      put.run(key, value);
    },
  };
};
