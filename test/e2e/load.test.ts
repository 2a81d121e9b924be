import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULTS, readOptions } from '../../bench/load/options.ts';
import { pageWith } from '../../bench/load/report.ts';
import { runLoad } from '../../bench/load/run.ts';

const test = suite('load');

test('100 Projects come up, are left alone, survive every fault, and go without a trace', async () => {
  const options = { ...DEFAULTS, projects: 100, holdSeconds: 2 };
  const findings = await runLoad(options, () => {}, AbortSignal.timeout(110_000));
  const { ramp, hold, steps } = findings;
  assert.equal(
    [ramp, ...steps].flatMap(({ name, complaints }) => complaints.map((complaint) => `${name}: ${complaint}`)),
    [],
  );
  assert.is(ramp.running, 100);
  assert.is(ramp.latenciesMs.length, 100);
  assert.equal(ramp.held, []);
  // Declared, checked, let in, started, recorded, seen running; and once more for who has to wait for other starts.
  assert.ok(ramp.passes.passes < 800, `${ramp.passes.passes} passes for 100 Projects`);
  assert.is(hold.written, 0, 'converged is silent (I7)');
  assert.is(hold.around.find(({ program }) => program === 'sleep')?.count, 100);
  assert.equal(
    steps.map(({ name }) => name),
    ['resync', 'kill commands', 'kill a tmux server', 'kill the controller', 'edit all', 'delete all'],
  );
  const before =
    '# Load\n\nWritten by a person.\n\n<!-- figures: made by npm run load -->\nyesterday\n<!-- end of the figures -->\nKept.\n';
  const page = pageWith(before, options, findings);
  assert.match(page, 'Written by a person.');
  assert.match(page, '| Running | 100 of 100 |');
  assert.not.match(page, 'yesterday');
  assert.match(page, /end of the figures -->\nKept\.\n$/);
});

test('flags that make no sense are refused, and say what would', () => {
  assert.is(readOptions(['--projects', '7'])?.projects, 7);
  assert.is(readOptions(['--help']), null);
  assert.throws(
    () => readOptions(['--projects', 'many']),
    /--projects must be a whole number of at least 1, not "many"/,
  );
  assert.throws(() => readOptions(['--speed', '9']), /--speed/);
});

test.run();
