import { setTimeout as sleep } from 'node:timers/promises';
import type { Window } from '../ledger.ts';
import { send, statOf } from '../proc.ts';
import type { Random } from '../random.ts';
import { tmux } from '../tmux.ts';
import { aRunning, aSession, type Fault, lifeIn, type Scene, sessionOf, within } from './fault.ts';

const killed = (kind: string, suits: (window: Window) => boolean, weight: number): Fault => ({
  kind,
  weight,
  async inject(scene, random) {
    const window = aRunning(scene, random, suits);
    if (!window?.life) return false;
    scene.ledger.tell(`${kind}: ${window.key} (${window.life})`);
    scene.ledger.breaks([window], kind);
    send(lifeIn(window.life), 'SIGKILL');
    return true;
  },
});

/** The shell between tmux and the command; its command lives on. */
const wrapperKilled: Fault = {
  kind: 'wrapper killed',
  weight: 8,
  async inject(scene, random) {
    const window = aRunning(scene, random);
    if (!window?.life) return false;
    const session = await sessionOf(scene, window.project);
    const parent = statOf(lifeIn(window.life).pid)?.ppid;
    const wrapper = session?.panes.some(({ pid }) => pid === parent) ? statOf(parent ?? 0) : null;
    if (wrapper === null) return false;
    scene.ledger.tell(`wrapper killed: ${window.key} (${wrapper.pid} of ${window.life})`);
    scene.ledger.breaks([window], 'wrapper killed');
    send(wrapper, 'SIGKILL');
    return true;
  },
};

/** The next comes as soon as it is back: back-off grows, and nothing may be doubled. */
const killedAgain: Fault = {
  kind: 'primary killed thrice',
  weight: 2,
  async inject(scene, random) {
    const window = aRunning(scene, random, ({ isPrimary }) => isPrimary);
    if (!window) return false;
    for (let time = 0; time < 3; time += 1) {
      if (!window.life || window.doneAt !== null) break;
      scene.ledger.tell(`primary killed thrice: ${window.key} (${window.life})`);
      scene.ledger.breaks([window], 'primary killed');
      send(lifeIn(window.life), 'SIGKILL');
      if (!(await within(10_000, () => window.broken === null, 5))) break;
      await sleep(random.int(0, 300));
    }
    return true;
  },
};

const sessionKilled: Fault = {
  kind: 'session killed',
  weight: 10,
  async inject(scene, random) {
    const session = await aSession(scene, random);
    if (!session) return false;
    scene.ledger.tell(`session killed: ${session.project} (${session.id} "${session.name}")`);
    scene.ledger.breaks(scene.ledger.of(session.project), 'session killed');
    await tmux(session.socket, ['kill-session', '-t', session.id]);
    return true;
  },
};

/** With it goes its window, and with the last window the session. */
const paneKilled: Fault = {
  kind: 'pane killed',
  weight: 4,
  async inject(scene, random) {
    const window = aRunning(scene, random);
    const session = window && (await sessionOf(scene, window.project));
    const pane = session?.panes.find((each) => `${session.project}/${each.window}` === window?.key);
    if (!session || !pane || !window) return false;
    const all = scene.ledger.of(window.project);
    scene.ledger.tell(`pane killed: ${window.key} (${pane.id} of ${session.id})`);
    scene.ledger.breaks(all.length === 1 ? all : [window], 'pane killed');
    await tmux(session.socket, ['kill-pane', '-t', pane.id]);
    return true;
  },
};

/** Everything of it stands still and goes on afterwards: no reason to do anything. */
const stopped: Fault = {
  kind: 'pane stopped for a while',
  weight: 5,
  async inject(scene, random) {
    const window = aRunning(scene, random);
    if (!window?.life) return false;
    const command = lifeIn(window.life);
    const parent = statOf(statOf(command.pid)?.ppid ?? 0);
    const lives = random.chance(0.5) && parent !== null && parent.pid > 1 ? [command, parent] : [command];
    // A parent that is tmux itself, or init, is no wrapper.
    const session = await sessionOf(scene, window.project);
    const own = lives.filter((life) => life === command || session?.panes.some(({ pid }) => pid === life.pid));
    scene.ledger.tell(`pane stopped: ${window.key} (${own.map(({ pid }) => pid).join(', ')})`);
    for (const life of own) send(life, 'SIGSTOP');
    await sleep(random.int(500, 6_000));
    for (const life of own) send(life, 'SIGCONT');
    scene.ledger.tell(`pane goes on: ${window.key}`);
    return true;
  },
};

/** Many at a stroke: what they wait for must not be each other. */
const manyKilled: Fault = {
  kind: 'many sessions killed',
  weight: 1.5,
  async inject(scene: Scene, random: Random) {
    const sessions = (await scene.arena.sessions()).filter(
      ({ project, owner }) => owner !== '' && !scene.taken.has(project) && random.chance(0.4),
    );
    scene.ledger.tell(`many sessions killed: ${sessions.map(({ project }) => project).join(' ')}`);
    for (const { project } of sessions) scene.ledger.breaks(scene.ledger.of(project), 'many sessions killed');
    await Promise.all(sessions.map(({ socket, id }) => tmux(socket, ['kill-session', '-t', id])));
    return sessions.length > 0;
  },
};

export const kills: readonly Fault[] = [
  killed('primary killed', ({ isPrimary }) => isPrimary, 14),
  killed('sidecar killed', ({ isPrimary }) => !isPrimary, 6),
  wrapperKilled,
  killedAgain,
  sessionKilled,
  paneKilled,
  manyKilled,
  stopped,
];
