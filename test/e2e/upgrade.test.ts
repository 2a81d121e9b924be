import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { fixtureSchemas, type Left, revive } from '../helpers/state-fixture.ts';

const test = suite('an upgrade over a state directory of an older version');

/** What of the windows' processes must be as before: of each session its id, and of each pane its process. */
const living = (controller: ControllerProcess): readonly string[] =>
  controller
    .tmux('list-panes', '-a', '-F', '#{session_name} #{session_id} #{window_name} #{pane_id} #{pane_pid}')
    .trim()
    .split('\n')
    // The controller's own session, to which it attaches.
    .filter((line) => !line.startsWith('_tmuxlet-'))
    .sort();

const projectsOf = async (controller: ControllerProcess): Promise<Left['projects']> =>
  (await controller.client.projects()).items.map(
    ({ metadata: { name, uid }, status: { phase, attempt, restarts } }) => ({
      name,
      uid,
      phase,
      attempt,
      restarts,
    }),
  );

/** Waits until the synchronizer has compared all records and found nothing to tell. */
const allAgrees = (controller: ControllerProcess): Promise<unknown> =>
  eventually(
    async () => {
      const { items } = await controller.client.sync(true);
      assert.equal(
        items.map(({ type, subject, message }) => `${type} ${subject}: ${message}`),
        [],
      );
      return true;
    },
    { withinMs: 20_000, everyMs: 100 },
  );

test('there is a state directory of every schema that was released', () => {
  const schemas = fixtureSchemas();
  assert.equal(
    schemas,
    Array.from(schemas, (_, index) => index + 1),
    'none is left out',
  );
  assert.ok(schemas.length >= 4 && schemas.length <= MIGRATIONS.length);
});

for (const schema of fixtureSchemas()) {
  test(`of schema ${schema} adopts what runs, doubles nothing and loses nothing`, () =>
    withController(async (controller) => {
      const left = revive(schema, controller.dir);
      assert.is(left.schema, schema);
      const before = living(controller);
      assert.is(before.length, 3, 'two windows of web, one of again');

      await controller.start();
      await allAgrees(controller);
      assert.equal(await projectsOf(controller), left.projects);
      assert.equal(living(controller), before);
      const told = await controller.client.events({});
      const reasons = (name: string): readonly string[] =>
        told.items.filter(({ object }) => object === `Project/${name}`).map(({ reason }) => reason);
      assert.ok(reasons('web').includes('Started'), 'the old events are there');
      assert.is(reasons('web').filter((reason) => reason === 'Starting').length, 1);
      assert.is(existsSync(`${controller.database}.schema-${schema}`), schema < MIGRATIONS.length, 'the way back');

      // What was taken over is in hand: it is resumed when it dies, and ended when that is asked for.
      controller.tmux('kill-session', '-t', '=web:');
      await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
      controller.undeclare('again');
      await eventually(async () => (await controller.project('again')) === undefined, { withinMs: 20_000 });
      assert.equal(
        controller.sessions().map(({ name }) => name),
        ['web'],
      );
    }));
}

test.run();
