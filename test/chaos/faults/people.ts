import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { REPAIR_WITHIN_MS } from '../ledger.ts';
import { childrenOf, isThere, lifeOf, send } from '../proc.ts';
import { nowMs } from '../time.ts';
import { type Session, sessionsAt, tmux } from '../tmux.ts';
import { alone, aRunning, aSession, type Fault, mended, type Scene, sessionOf, within } from './fault.ts';

const BYSTANDER = fileURLToPath(new URL('../programs/bystander.pl', import.meta.url));

/** Bystanders beyond so many would only cost time. */
const MOST = 15;

/** Names that would mean something else to a target, a format, a shell, or to whoever splits a line. */
const nastyNames = (project: string, canary: string): readonly string[] => [
  `${project}0`,
  `${project}-2`,
  `=${project}`,
  `$1`,
  '@2',
  '%3',
  `${project} `,
  `a b\tc`,
  `two\nlines`,
  `'; touch ${canary}; '`,
  `$(touch ${canary})`,
  `#(touch ${canary})`,
  '#{session_name}',
  '#{@tmuxlet_uid}',
  '--',
  '-t',
  'тест-会话-🙂',
  'x'.repeat(200),
  '"quoted" \\ back',
  '{last}',
  '~',
];

/** tmux takes the names it is given for formats, and would run the commands in them itself. */
const literal = (name: string): string => name.replaceAll('#', '##');

const commandOf = (scene: Scene, name: string, id: number): readonly string[] => [
  'new-session',
  '-d',
  '-P',
  '-F',
  '#{pid} #{session_id} #{pane_pid} #{session_name}',
  `-s${literal(name)}`,
  '--',
  'perl',
  BYSTANDER,
  scene.arena.bystanders,
  String(id),
];

/** Writes down what tmux has said of a session that was just made. */
const enter = (scene: Scene, id: number, printed: string | null): boolean => {
  const [, server, session = '', pane, name = ''] = /^(\d+) (\$\d+) (\d+) ([^]*)\n$/.exec(printed ?? '') ?? [];
  const [serverLife, paneLife] = [lifeOf(Number(server)), lifeOf(Number(pane))];
  if (serverLife === null || paneLife === null) return false;
  scene.observer.bystanders.add({ id, server: serverLife, session, name, pane: paneLife, since: nowMs() });
  scene.ledger.tell(`bystander ${id}: ${session} ${JSON.stringify(name)} on server ${server}`);
  return true;
};

const foreignMade: Fault = {
  kind: 'foreign session made',
  weight: 6,
  async inject(scene, random) {
    const socket = random.pick(scene.arena.sockets());
    const project = random.pick(scene.fleet);
    const { bystanders } = scene.observer;
    if (socket === undefined || project === undefined || bystanders.all().length >= MOST) return false;
    const name = random.pick(nastyNames(project.name, scene.arena.canary)) ?? 'x';
    const id = bystanders.nextId();
    return enter(scene, id, await tmux(socket, commandOf(scene, name, id)));
  },
};

/** The session goes, and in the same moment somebody else's has its name. */
const nameTaken: Fault = {
  kind: 'session killed, its name taken',
  weight: 4,
  async inject(scene, random) {
    const session = await aSession(scene, random);
    const { bystanders } = scene.observer;
    if (!session || bystanders.all().length >= MOST) return false;
    const id = bystanders.nextId();
    scene.ledger.tell(`session killed, its name taken: ${session.project} (${session.id} "${session.name}")`);
    scene.ledger.breaks(scene.ledger.of(session.project), 'session killed, its name taken');
    const kill = ['kill-session', '-t', session.id, ';'];
    enter(scene, id, await tmux(session.socket, [...kill, ...commandOf(scene, session.name, id)]));
    return true;
  },
};

const foreignEnded: Fault = {
  kind: 'foreign session ended by its owner',
  weight: 3,
  async inject(scene, random) {
    const bystander = random.pick(scene.observer.bystanders.all());
    if (bystander === undefined) return false;
    for (const socket of scene.arena.sockets()) {
      const listing = await sessionsAt(socket);
      if (!listing?.some(({ server, id }) => server === bystander.server.pid && id === bystander.session)) continue;
      scene.observer.bystanders.remove(bystander);
      await tmux(socket, ['kill-session', '-t', bystander.session]);
      return true;
    }
    return false;
  },
};

const renamed: Fault = {
  kind: 'session renamed',
  weight: 4,
  async inject(scene, random) {
    const session = await aSession(scene, random);
    if (!session) return false;
    const name = random.pick(nastyNames(session.project, scene.arena.canary)) ?? 'x';
    scene.ledger.tell(`session renamed: ${session.project} (${session.id}) to ${JSON.stringify(name)}`);
    await tmux(session.socket, ['rename-session', '-t', session.id, '--', literal(name)]);
    return true;
  },
};

const TAGS = ['owner', 'uid', 'project', 'attempt', 'spec', 'birth'].map((tag) => `@tmuxlet_${tag}`);

const tagsOf = async ({ socket, id }: Session): Promise<string | null> =>
  tmux(socket, [
    'display-message',
    '-p',
    '-t',
    id,
    TAGS.slice(0, 4)
      .map((tag) => `#{${tag}}`)
      .join(' '),
  ]);

const tagsStripped: Fault = {
  kind: 'tags stripped',
  weight: 6,
  async inject(scene, random) {
    const session = await aSession(scene, random);
    if (!session) return false;
    return alone(scene, session.project, async () => {
      const before = await tagsOf(session);
      const gone = random.chance(0.4) ? TAGS : [random.pick(TAGS.slice(0, 4)) ?? TAGS[0]];
      scene.ledger.tell(`tags stripped: ${session.project} (${session.id}): ${gone.join(' ')}`);
      scene.ledger.touch(({ project }) => project === session.project);
      const strip = gone.flatMap((tag = '') => ['set-option', '-u', '-t', session.id, tag, ';']);
      if (before === null || (await tmux(session.socket, strip)) === null) return false;
      const isOver = async (): Promise<boolean> => {
        const now = await tagsOf(session);
        // The session may be ended by another fault: then there is nothing to mend.
        return now === before || !(await sessionsAt(session.socket))?.some(({ id }) => id === session.id);
      };
      await mended(scene, 'tags stripped', `${session.project} ${gone.join(' ')}`, isOver);
      return true;
    });
  },
};

/** Processes that say that they are a Project's; another user's is not, whatever it says. */
const uidCopied: Fault = {
  kind: 'uid copied by a process',
  weight: 3,
  async inject(scene, random) {
    const session = await aSession(scene, random);
    if (!session) return false;
    const isForeign = scene.isRoot && random.chance(0.6);
    // `dir` is there for the clean-up at the end to find it.
    const child = spawn('perl', ['-e', 'sleep 30', scene.arena.dir], {
      detached: true,
      env: { PATH: process.env['PATH'], TMUXLET_UID: session.uid, TMUXLET_WINDOW: 'main' },
      cwd: '/',
      stdio: 'ignore',
      ...(isForeign ? { uid: 65_534, gid: 65_534 } : {}),
    });
    const life = child.pid === undefined ? null : lifeOf(child.pid);
    if (life === null) return false;
    scene.ledger.tell(`uid of ${session.project} copied by ${life.pid}${isForeign ? ', of another user' : ''}`);
    if (random.chance(0.7)) {
      scene.ledger.breaks(scene.ledger.of(session.project), 'session killed');
      await tmux(session.socket, ['kill-session', '-t', session.id]);
    }
    await sleep(random.int(2_000, 10_000));
    if (isForeign && !isThere(life)) scene.ledger.violate('I2', `process ${life.pid} of another user was ended`);
    send(life, 'SIGKILL');
    return true;
  },
};

/** Somebody has the lock of a Project, and is killed while he has it. */
const lockHeld: Fault = {
  kind: 'lock holder killed',
  weight: 4,
  async inject(scene, random) {
    const window = aRunning(scene, random, ({ isPrimary }) => isPrimary);
    if (!window) return false;
    const { project } = window;
    return alone(scene, project, async () => {
      const folder = mkdtempSync(join(scene.arena.work, 'lock-'));
      const held = join(folder, 'held');
      const words = ['lock', project, '--', 'sh', '-c', `: >'${held}'; exec sleep 60`];
      const [file, args] = scene.supervisor.command(...words.slice(0, 2));
      const child = spawn(file, [...args, ...words.slice(2)], {
        env: scene.supervisor.environment,
        stdio: 'ignore',
        detached: true,
      });
      const holder = child.pid === undefined ? null : lifeOf(child.pid);
      const isHeld = holder !== null && (await within(10_000, () => existsSync(held) || child.exitCode !== null));
      if (!isHeld || !existsSync(held)) {
        child.kill('SIGKILL');
        return false;
      }
      scene.ledger.tell(`lock of ${project} held by ${holder.pid}`);
      const release = scene.ledger.hold('lock held', (each) => each.project === project);
      const session = await sessionOf(scene, project);
      const before = window.life;
      if (session) {
        scene.ledger.breaks(scene.ledger.of(project), 'session killed');
        await tmux(session.socket, ['kill-session', '-t', session.id]);
      }
      await sleep(random.int(500, 4_000));
      if (window.life !== before) scene.ledger.violate('lock', `${project} was started while somebody held its lock`);
      const commands = childrenOf(holder.pid).flatMap((pid) => lifeOf(pid) ?? []);
      scene.ledger.tell(`lock holder of ${project} killed`);
      send(holder, 'SIGKILL');
      for (const command of commands) send(command, 'SIGKILL');
      release();
      const releasedAt = nowMs();
      if (await within(REPAIR_WITHIN_MS, () => window.broken === null, 2)) {
        scene.ledger.repairs.push({ kind: 'lock holder killed', ms: window.startedAt - releasedAt });
      }
      rmSync(folder, { recursive: true, force: true });
      return true;
    });
  },
};

export const people: readonly Fault[] = [
  foreignMade,
  nameTaken,
  foreignEnded,
  renamed,
  tagsStripped,
  uidCopied,
  lockHeld,
];
