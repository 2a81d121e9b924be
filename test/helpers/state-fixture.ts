import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import DatabaseFile, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { readStat } from '../../src/adapters/processes/stat.ts';

/**
 * State directories as every released schema left them, made by that version's own code
 * (scripts/make-state-fixture.ts) and brought to life here: with paths of this machine, and sessions on a tmux server.
 */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Stands in a fixture for the folder that has the state directory `s` and the manifests `m`. */
export const ROOT = '@ROOT@';

const Project = z.object({
  name: z.string(),
  uid: z.string(),
  phase: z.string(),
  attempt: z.number(),
  restarts: z.number(),
});
const Session = z.object({
  name: z.string(),
  uid: z.string(),
  project: z.string(),
  /** tmux's options that are tags of ours. */
  tags: z.record(z.string(), z.string()),
  windows: z.array(z.object({ name: z.string(), argv: z.array(z.string()) })),
});

/** What was there when that version's controller had ended. */
export const Left = z.object({
  version: z.string(),
  schema: z.number(),
  projects: z.array(Project),
  sessions: z.array(Session),
});
export type Left = z.output<typeof Left>;

export const fixtureOf = (schema: number): string => join(FIXTURES, `state-${schema}`);

export const fixtureSchemas = (): readonly number[] =>
  readdirSync(FIXTURES)
    .flatMap((name) => /^state-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

/** Makes of a fixture a state directory below `root`, its sessions running. `root` is there; its tmux server is not. */
export const revive = (schema: number, root: string): Left => {
  cpSync(fixtureOf(schema), root, { recursive: true });
  for (const file of textFiles(root)) replaceInFile(file, ROOT, root);
  const left = Left.parse(JSON.parse(readFileSync(join(root, 'left.json'), 'utf8')));
  rmSync(join(root, 'left.json'));
  const db = new DatabaseFile(join(root, 's/tmuxlet.db'));
  replaceInDatabase(db, ROOT, root);
  for (const session of left.sessions) start(root, session, db);
  db.close();
  return left;
};

/** As the controller of that version had started it; its row is told what is new about it: ids, server, boot. */
const start = (root: string, session: Left['sessions'][number], db: Database): void => {
  const target = `=${session.name}:`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', join(root, 's/tmux.sock'), '-f', join(root, 's/tmux.conf'), ...args], {
      encoding: 'utf8',
    }).trim();
  for (const [index, { name, argv }] of session.windows.entries()) {
    const run = argv[2] ?? '';
    rmSync(join(run, 'journal'));
    execFileSync('mkfifo', ['-m', '600', join(run, 'alive')]);
    const where = ['-n', name, '-c', '/'];
    if (index > 0) tmux('new-window', '-d', '-t', target, ...where, '--', ...argv);
    else tmux('new-session', '-d', '-s', session.name, ...where, '-e', `TMUXLET_UID=${session.uid}`, '--', ...argv);
    tmux('set-option', '-w', '-t', `${target}=${name}`, 'remain-on-exit', 'on');
    const log = join(root, 's/logs', session.project, `${name}.log`);
    tmux('pipe-pane', '-t', `${target}=${name}`, `exec cat >>'${log}'`);
  }
  for (const [tag, value] of Object.entries(session.tags)) tmux('set-option', '-t', target, tag, value);
  const [sessionId = '', pid = ''] = tmux('display-message', '-p', '-t', target, '#{session_id} #{pid}').split(' ');
  db.prepare(`
    UPDATE attempts SET session_id = ?, server_pid = ?, server_start_ticks = ?, boot_id = ?
     WHERE uid = ? AND ended_at IS NULL`).run(
    sessionId,
    Number(pid),
    readStat(Number(pid))?.startTicks,
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    session.uid,
  );
};

export const textFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.db'))
    .map((entry) => join(entry.parentPath, entry.name));

export const replaceInFile = (file: string, from: string, to: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));

export const replaceInDatabase = (db: Database, from: string, to: string): void => {
  const columns = db.prepare<[], { table: string; column: string }>(`
    SELECT t.name AS "table", c.name AS "column"
      FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
     WHERE t.type = 'table' AND c.type = 'TEXT'`);
  for (const { table, column } of columns.all()) {
    db.prepare(`UPDATE "${table}" SET "${column}" = replace("${column}", ?, ?) WHERE instr("${column}", ?)`).run(
      from,
      to,
      from,
    );
  }
};
