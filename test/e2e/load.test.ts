import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULTS, readOptions } from '../../bench/load/options.ts';
import { pageWith } from '../../bench/load/report.ts';
import { runLoad } from '../../bench/load/run.ts';

const test = suite('load');

test('50 Projects come up, are left alone, survive every fault, and go without a trace', async () => {
  const options = { ...DEFAULTS, projects: 50, step: 30, holdSeconds: 2, stallSeconds: 60 };
  const findings = await runLoad(options, () => {}, AbortSignal.timeout(110_000));
  const { ramp, hold, steps } = findings;
  assert.equal(
    [ramp, ...steps].flatMap(({ name, complaints }) => complaints.map((complaint) => `${name}: ${complaint}`)),
    [],
  );
  assert.is(ramp.running, 50);
  assert.is(ramp.latenciesMs.length, 50);
  assert.equal(
    ramp.rungs.map(({ declared, running }) => [declared, running]),
    [
      [30, 30],
      [50, 50],
    ],
  );
  assert.is(ramp.endedBy, null);
  assert.equal(ramp.held, []);
  // Six are needed, and some more where notifications come late; each Project that woke all others would cause 2,500.
  assert.ok(ramp.passes.passes < 1500, `${ramp.passes.passes} passes for 50 Projects`);
  assert.is(hold.written, 0, 'converged is silent (I7)');
  assert.is(hold.around.find(({ program }) => program === 'sleep')?.count, 50);
  assert.equal(
    steps.map(({ name }) => name),
    ['resync', 'kill commands', 'kill a tmux server', 'kill the controller', 'edit all', 'delete all'],
  );
  const before =
    '# Load\n\nWritten by a person.\n\n<!-- figures: made by npm run load -->\nall at once\n<!-- end of the figures -->\n<!-- figures: made by npm run load -- with --step -->\nyesterday\n<!-- end of the figures -->\nKept.\n';
  const page = pageWith(before, options, findings);
  assert.match(page, 'Written by a person.');
  assert.match(page, 'all at once\n<!--');
  assert.match(page, '| Running | 50 of 50 |');
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
