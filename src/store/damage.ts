import DatabaseFile, { type Database } from 'better-sqlite3';
import { messageOf, UserError } from '../api/errors.ts';

const saysDamage = (error: unknown): boolean =>
  error instanceof DatabaseFile.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);

/** The way on for whoever has a damaged database. */
const damaged = (path: string, what: string): UserError =>
  new UserError(
    `the database ${path} is damaged: ${what}. Move it away while no controller runs, and live sessions are adopted ` +
      'from their tags and state files; or restore a backup.',
  );

/** The same store or reader: where it comes upon damage, it says so in words for people. */
export const tellingDamage = <S extends object>(path: string, store: S): S => {
  const telling =
    (work: (...given: unknown[]) => unknown) =>
    (...given: unknown[]): unknown => {
      try {
        return work(...given);
      } catch (error) {
        throw saysDamage(error) ? damaged(path, messageOf(error)) : error;
      }
    };
  const all = Object.entries(store).map(([name, work]) => [name, telling(work as () => unknown)]);
  return Object.fromEntries(all) as S;
};

/**
 * A controller must not find out in the middle of its work, pass after pass. Some 10 ms for an ordinary database.
 * @throws UserError when the file is damaged
 */
export const demandSound = (db: Database): void => {
  // An odd value is the trouble of its row alone.
  db.pragma('ignore_check_constraints = ON');
  const said = String(db.pragma('quick_check(1)', { simple: true }));
  db.pragma('ignore_check_constraints = OFF');
  if (said !== 'ok') throw damaged(db.name, said.replaceAll('\n', ' '));
};
