import Database from 'better-sqlite3';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { tmux } from '../tmux.ts';
import { alone, aRunning, type Fault, mended, type Scene, sessionOf } from './fault.ts';

/** Opened for one look or change each: a hand from outside, whether the controller runs or not. */
const withDatabase = <T>({ arena }: Scene, work: (database: Database.Database) => T): T | null => {
  const database = new Database(arena.database, { timeout: 2_000 });
  try {
    database.pragma('ignore_check_constraints = ON');
    return work(database);
  } catch (error) {
    // Held too long by the controller, or no room on the disk: then nothing is damaged.
    if (error instanceof Database.SqliteError) return null;
    throw error;
  } finally {
    database.close();
  }
};

interface Target {
  readonly project: string;
  readonly uid: string;
}

const aRow = (scene: Scene, random: Random): Target | null => {
  const window = aRunning(scene, random, ({ isPrimary }) => isPrimary);
  if (!window) return null;
  const row = withDatabase(scene, (database) =>
    database.prepare<[string], { uid: string }>('SELECT uid FROM projects WHERE name = ?').get(window.project),
  );
  return row ? { project: window.project, uid: row.uid } : null;
};

/** A damage that must be mended without a hand, and that nothing that runs may suffer from. */
const damaged = (kind: string, weight: number, damage: string, isMended: string | null): Fault => ({
  kind,
  weight,
  async inject(scene, random) {
    const row = aRow(scene, random);
    if (row === null) return false;
    return alone(scene, row.project, async () => {
      scene.ledger.tell(`${kind}: ${row.project}`);
      scene.ledger.touch(({ project }) => project === row.project);
      const done = withDatabase(scene, (database) => database.prepare(damage).run(row));
      if (done === null) return false;
      if (random.chance(0.4)) await killSession(scene, row.project);
      if (isMended === null) {
        await sleep(random.int(0, 6_000));
        return true;
      }
      const look = (): boolean =>
        withDatabase(scene, (database) => database.prepare<[Target], object>(isMended).get(row)) != null;
      await mended(scene, kind, row.project, look);
      return true;
    });
  },
});

const LATEST = '(SELECT max(attempt) FROM attempts WHERE uid = @uid)';
const isNamed = `SELECT 1 FROM attempts WHERE uid = @uid AND attempt = ${LATEST} AND session_name IS NOT NULL`;

/** Now of all times: what is to be done must be told from what is left. */
const killSession = async (scene: Scene, project: string): Promise<void> => {
  const session = await sessionOf(scene, project);
  if (session === undefined) return;
  scene.ledger.tell(`session of ${project} killed as well`);
  scene.ledger.breaks(scene.ledger.of(project), 'row damaged, session killed');
  await tmux(session.socket, ['kill-session', '-t', session.id]);
};

/** What cannot be read is nobody's to mend but a person's: after a while the column is put back. */
const odd = (kind: string, weight: number, column: string, value: string): Fault => ({
  kind,
  weight,
  async inject(scene, random) {
    const row = aRow(scene, random);
    if (row === null) return false;
    return alone(scene, row.project, async () => {
      const release = scene.ledger.hold(kind, ({ project }) => project === row.project);
      scene.ledger.tell(`${kind}: ${row.project}`);
      const set = `UPDATE projects SET ${column} = ? WHERE uid = ?`;
      const before = withDatabase(scene, (database) => {
        const read = database.prepare<[string], string>(`SELECT ${column} FROM projects WHERE uid = ?`).pluck();
        const damage = database.transaction(() => {
          const old = read.get(row.uid);
          database.prepare(set).run(value, row.uid);
          return old;
        });
        return damage.immediate();
      });
      if (before == null) {
        release();
        return false;
      }
      await sleep(random.int(500, 6_000));
      scene.ledger.tell(`${kind}: ${row.project} is put back`);
      while (withDatabase(scene, (database) => database.prepare(set).run(before, row.uid)) === null) await sleep(100);
      release();
      return true;
    });
  },
});

export const rows: readonly Fault[] = [
  damaged(
    'row: session name nulled',
    3,
    `UPDATE attempts SET session_name = NULL WHERE uid = @uid AND attempt = ${LATEST}`,
    isNamed,
  ),
  damaged(
    'row: session name and id nulled',
    2,
    `UPDATE attempts SET session_name = NULL, session_id = NULL WHERE uid = @uid AND attempt = ${LATEST}`,
    isNamed,
  ),
  damaged(
    'row: another shard',
    2,
    `UPDATE attempts SET shard = shard + 50 WHERE uid = @uid AND attempt = ${LATEST}`,
    `SELECT 1 FROM attempts WHERE uid = @uid AND attempt = ${LATEST} AND shard < 50`,
  ),
  damaged('row: attempts deleted', 2, 'DELETE FROM attempts WHERE uid = @uid', isNamed),
  damaged('row: runs deleted', 1, 'DELETE FROM runs WHERE uid = @uid', null),
  damaged(
    'row: Project deleted',
    2,
    'DELETE FROM projects WHERE uid = @uid',
    'SELECT 1 FROM projects WHERE name = @project',
  ),
  damaged('row: phase in capitals', 2, 'UPDATE projects SET phase = upper(phase) WHERE uid = @uid', null),
  damaged('row: place taken away', 1, 'UPDATE projects SET admitted_at = NULL WHERE uid = @uid', null),
  odd('row: odd JSON', 2, 'memory', '{torn'),
  odd('row: unknown phase', 1, 'phase', 'processing'),
  odd('row: odd spec', 1, 'spec', 'null'),
];
