/**
 * Runs 50 Projects at once under a real controller, kills half of their sessions and then the tmux server, and says
 * how long each step took (`npm run fifty`). Ends with 1 when a session is missing, doubled or touched without need.
 */
import { strict as assert } from 'node:assert';
import { ControllerProcess } from '../test/helpers/controller.ts';
import { eventually } from '../test/helpers/eventually.ts';

const COUNT = 50;
const names = Array.from({ length: COUNT }, (_, index) => `p${index + 1}`);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Does it, and says how long that took. */
const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
  const began = performance.now();
  await work();
  say(`${what.padEnd(56)} ${((performance.now() - began) / 1000).toFixed(2).padStart(6)} s`);
};

const controller = new ControllerProcess();

/** Waits until every Project runs in the attempt that is expected of it. */
const allRunning = (attemptOf: (name: string) => number): Promise<unknown> =>
  eventually(
    async () => {
      const { items } = await controller.client.projects();
      const odd = items.filter(
        ({ metadata, status }) => status.phase !== 'Running' || status.attempt !== attemptOf(metadata.name),
      );
      assert.equal(items.length, COUNT, `${items.length} Projects are known`);
      assert.deepEqual(
        odd.map(({ metadata, status }) => `${metadata.name}: ${status.phase}, attempt ${status.attempt}`),
        [],
      );
      return true;
    },
    { withinMs: 60_000, everyMs: 20 },
  );

/** Session ids by the name of the Project, as tmux itself has them; no uid may be there twice. */
const sessions = (): ReadonlyMap<string, string> => {
  const lines = controller
    .tmux('list-sessions', '-F', '#{@tmuxlet_uid} #{@tmuxlet_project} #{session_id}')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([uid]) => uid !== undefined && uid !== '');
  assert.equal(lines.length, COUNT, `tmux has ${lines.length} sessions of ours`);
  assert.equal(new Set(lines.map(([uid]) => uid)).size, COUNT, 'two sessions carry one uid');
  return new Map(lines.map(([, project = '', id = '']) => [project, id]));
};

try {
  await controller.start('--max-concurrent', String(COUNT));
  await timed(`${COUNT} manifests written, until all are Running`, async () => {
    for (const name of names) controller.declare(name);
    await allRunning(() => 1);
  });

  const before = sessions();
  const killed = new Set(names.filter((_, index) => index % 2 === 0));
  await timed(`${killed.size} sessions killed at a stroke, until all are Running`, async () => {
    controller.tmux(...[...killed].flatMap((name) => ['kill-session', '-t', before.get(name) ?? '', ';']));
    await allRunning((name) => (killed.has(name) ? 2 : 1));
  });

  const after = sessions();
  const kept = names.filter((name) => before.get(name) === after.get(name));
  assert.deepEqual(
    kept,
    names.filter((name) => !killed.has(name)),
  );
  say(`  the other ${kept.length} kept their sessions; no uid is there twice`);

  await timed('tmux server killed (-9), until all are Running', async () => {
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    await allRunning((name) => (killed.has(name) ? 3 : 2));
  });
  sessions();
  say(`${COUNT} of ${COUNT} are Running, each in one session.`);
} finally {
  await controller.close();
}
