import type { Database } from 'better-sqlite3';
import type { Command } from '../api/decision.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';

/** A command that nobody has taken for so long is no longer what anybody wants (failure 63). */
const EXPIRES_AFTER_MS = 24 * 60 * 60 * 1000;

const COLUMNS = 'id, verb, project, requested_at AS requestedAt, acknowledged_at AS acknowledgedAt, result';

export const commandReads = (db: Database, now: () => number): Pick<StoreReader, 'command' | 'pendingCommand'> => {
  const one = db.prepare<[string], Command>(`SELECT ${COLUMNS} FROM commands WHERE id = ?`);
  const pending = db.prepare<[object], Command>(`
    SELECT ${COLUMNS} FROM commands
     WHERE project = @project AND acknowledged_at IS NULL AND requested_at > @expired
       AND (@verb IS NULL OR verb = @verb)
     ORDER BY requested_at, id LIMIT 1`);
  return {
    command: (id) => one.get(id) ?? null,
    pendingCommand: (project, verb) =>
      pending.get({ project, verb: verb ?? null, expired: now() - EXPIRES_AFTER_MS }) ?? null,
  };
};

export const commandWrites = (db: Database): Pick<StoreWrites, 'addCommand' | 'acknowledge'> => {
  const add = db.prepare<[object]>(`
    INSERT INTO commands (id, verb, project, requested_at) VALUES (@id, @verb, @project, @requestedAt)
        ON CONFLICT (id) DO NOTHING`);
  const acknowledge = db.prepare<[object]>(
    'UPDATE commands SET acknowledged_at = @at, result = @result WHERE id = @id AND acknowledged_at IS NULL',
  );
  return {
    addCommand: (command) => {
      add.run(command);
    },
    acknowledge: (id, at, result) => {
      acknowledge.run({ id, at, result });
    },
  };
};
