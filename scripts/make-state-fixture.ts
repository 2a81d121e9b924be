/**
 * Keeps a state directory as one version leaves it, for the test of upgrades (`npm run state-fixture -- [COMMIT]`;
 * HEAD if none is named). That version's own code makes it: its files are taken from git, its controller runs some
 * Projects on real tmux, and what it leaves becomes test/fixtures/state-SCHEMA.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import DatabaseFile from 'better-sqlite3';
import { ControllerProcess } from '../test/helpers/controller.ts';
import {
  fixtureOf,
  type Left,
  replaceInDatabase,
  replaceInFile,
  ROOT,
  textFiles,
} from '../test/helpers/state-fixture.ts';

/** Belongs to the process or to the machine, and is made anew. */
const PASSING = /^(fifos|locks|controller\.lock.*|.*\.sock.*|alive|tmuxlet\.db-(wal|shm))$/;

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The tree of a commit, with the packages of this clone. */
const checkOut = (commit: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tl-old-'));
  const archive = execFileSync('git', ['-C', repository, 'archive', commit], { maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

/** The path is part of what a spec's hash is of: one that every machine has. */
const windows = (...commands: readonly string[]) => ({
  path: '/',
  session: { windows: commands.map((command, index) => ({ name: index === 0 ? 'main' : `side-${index}`, command })) },
});

/** Of every kind of Project one, and what is expected to become of it. */
const declareAll = async (controller: ControllerProcess): Promise<void> => {
  const lasting = 'while sleep 1; do date; done';
  controller.declare('web', windows(lasting, lasting), { labels: { tier: 'front' } });
  controller.declare('again', {
    ...windows(`cd "$TMUXLET_STATE_DIR"; test -e again || { touch again; exit 3; }; ${lasting}`),
    backoff: { initialSeconds: 1 },
  });
  controller.declare('done', windows('echo all is well'));
  controller.declare('broken', { ...windows('echo cannot go on; exit 7'), backoffLimit: 0 });
  controller.declare('paused', { ...windows(lasting), suspend: true });
  controller.declare('later', { ...windows(lasting), dependsOn: [{ project: 'broken', condition: 'Complete' }] });
  await controller.untilPhase('web', 'Running');
  await controller.until('again', ({ status }) => status.phase === 'Running' && status.restarts === 1);
  await controller.untilPhase('done', 'Completed');
  await controller.untilPhase('broken', 'Failed');
  await controller.untilPhase('paused', 'Suspended');
  await controller.untilPhase('later', 'Queued');
};

const look = async (controller: ControllerProcess): Promise<Pick<Left, 'projects' | 'sessions'>> => {
  const { items } = await controller.client.projects();
  const projects = items.map(({ metadata: { name, uid }, status: { phase, attempt, restarts } }) => ({
    name,
    uid,
    phase,
    attempt,
    restarts,
  }));
  const sessions = controller.sessions().map(({ project, name }) => {
    const options = controller.tmux('show-options', '-t', `=${name}:`).split('\n');
    const panes = controller.tmux('list-panes', '-s', '-t', `=${name}:`, '-F', '#{window_name} #{pane_start_command}');
    return {
      name,
      project,
      uid: projects.find((each) => each.name === project)?.uid ?? '',
      tags: Object.fromEntries(
        options
          .filter((option) => option.startsWith('@tmuxlet_'))
          .map((option) => option.split(' ', 2) as [string, string]),
      ),
      windows: panes
        .trim()
        .split('\n')
        .map((line) => {
          const [window = '', ...argv] = line.split(' ');
          return { name: window, argv };
        }),
    };
  });
  return { projects, sessions };
};

/** Copies what the controller left to its place, with neither paths of this machine nor anything that lives. */
const keep = (controller: ControllerProcess, version: string, seen: Pick<Left, 'projects' | 'sessions'>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tl-kept-'));
  cpSync(controller.dir, folder, { recursive: true, filter: (file) => !PASSING.test(basename(file)) });
  const file = join(folder, 's/tmuxlet.db');
  const db = new DatabaseFile(file);
  replaceInDatabase(db, controller.dir, ROOT);
  const schema = db.prepare<[], number>('SELECT max(id) FROM migrations').pluck().get() ?? 0;
  db.pragma('journal_mode = DELETE');
  db.exec('VACUUM');
  db.close();
  writeFileSync(join(folder, 'left.json'), `${JSON.stringify({ version, schema, ...seen } satisfies Left, null, 2)}\n`);
  for (const text of textFiles(folder)) replaceInFile(text, controller.dir, ROOT);
  rmSync(fixtureOf(schema), { recursive: true, force: true });
  cpSync(folder, fixtureOf(schema), { recursive: true });
  rmSync(folder, { recursive: true });
  return fixtureOf(schema);
};

const [commit = 'HEAD'] = process.argv.slice(2);
// What is kept names this path: it must mean something on every machine.
process.env['PATH'] = '/usr/local/bin:/usr/bin:/bin';
const tree = checkOut(commit);
const { version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as { version: string };
const controller = new ControllerProcess(join(tree, 'bin/tmuxlet.js'));
try {
  await controller.start();
  await declareAll(controller);
  const seen = await look(controller);
  await controller.stop();
  console.log(keep(controller, version, seen));
} finally {
  await controller.close();
  rmSync(tree, { recursive: true });
}
