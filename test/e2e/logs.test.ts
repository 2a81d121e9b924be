import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { withManager } from '../helpers/live-manager.ts';

const test = suite('logs of windows');

const MAX_BYTES = 4096;
/** Just enough for a log to be due, by its last line. */
const BATCH = 41;
const BATCHES = 5;
const ALL_LINES = Array.from({ length: BATCH * BATCHES }, (_, index) => index + 1);

/** Numbered lines of 100 bytes, in batches; each waits until the one before it was rotated out of the log. */
const counting = (log: string): string => `
  batch=0; line=0
  while [ $batch -lt ${BATCHES} ]; do
    batch=$((batch + 1))
    while [ $line -lt $((batch * ${BATCH})) ]; do line=$((line + 1)); printf '%098d\\n' $line; done
    until grep -qs "$(printf '%098d' $line)" ${log}.1; do sleep 0.01; done
  done
  exec sleep 9999`;

const declaration = (log: string) => ({ session: { windows: [{ name: 'main', command: counting(log) }] } });

const settings = { logMaxBytes: MAX_BYTES, retentionIntervalMs: 50 };

/** All that is kept of a log, oldest first. */
const linesIn = (folder: string): readonly number[] => {
  const age = (file: string): number => Number(/\d+$/.exec(file)?.[0] ?? 0);
  const files = readdirSync(folder).sort((a, b) => age(b) - age(a));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
  return [...text.matchAll(/^(\d{98})\r?$/gm)].map(([, number]) => Number(number));
};

test('a log is rotated under its window: what is written before and after is all there, once and in order', () =>
  withManager({ ...settings, logKeep: 100 }, async ({ declare, stateDir }) => {
    const logs = join(stateDir, 'logs', 'talk');
    declare('talk', declaration(join(logs, 'main.log')));
    await eventually(() => existsSync(join(logs, `main.log.${BATCHES}`)), { withinMs: 30_000 });
    // While a rotation is under way its content stands in two files.
    await eventually(() => {
      assert.equal(linesIn(logs), ALL_LINES);
      return true;
    });
    assert.is(readFileSync(join(logs, 'main.log.1'), 'utf8').length, BATCH * 100);
  }));

test('of rotated logs the newest are kept, as many as was said, and the oldest go', () =>
  withManager({ ...settings, logKeep: 2 }, async ({ declare, stateDir }) => {
    const logs = join(stateDir, 'logs', 'talk');
    declare('talk', declaration(join(logs, 'main.log')));
    await eventually(() => existsSync(logs) && linesIn(logs).at(-1) === ALL_LINES.at(-1), { withinMs: 30_000 });
    const expected = ['main.log', 'main.log.1', 'main.log.2'];
    await eventually(() => {
      assert.equal(readdirSync(logs).sort(), expected);
      assert.is(readFileSync(join(logs, 'main.log'), 'utf8'), '');
      return true;
    });
    assert.equal(linesIn(logs), ALL_LINES.slice(-2 * BATCH));
  }));

test('a window that says `logs: false` has no log, and its neighbour has', () =>
  withController(async (controller) => {
    const talking = 'echo hello; exec sleep 9999';
    const windows = [
      { name: 'main', command: talking },
      { name: 'quiet', command: talking, logs: false },
    ];
    controller.declare('pair', { session: { windows } });
    await controller.start();
    await controller.untilPhase('pair', 'Running');
    const logs = join(controller.stateDir, 'logs', 'pair');
    await eventually(() => readFileSync(join(logs, 'main.log'), 'utf8').includes('hello'));
    await eventually(() => controller.tmux('capture-pane', '-p', '-t', '=pair:=quiet').includes('hello'));
    assert.equal(readdirSync(logs), ['main.log']);
    const pipes = controller.tmux('list-panes', '-s', '-t', '=pair', '-F', '#{window_name} #{pane_pipe}');
    assert.match(pipes, 'quiet 0');
  }));

test.run();
