import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ControllerProcess } from '../test/helpers/controller.ts';

/**
 * How long from kill -9 of a primary until it runs again, beside what the machine's own limit is: a bare
 * `tmux respawn-pane` by somebody who knew at once. Printed as a ratio of one run; run it with `npm run bench`.
 */
const COUNT = 40;

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;

const untilThere = async (file: string): Promise<void> => {
  const deadline = performance.now() + 30_000;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error(`${file} did not appear within 30 s`);
    await setImmediate();
  }
};

const bareTmux = async (): Promise<readonly number[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tl-bench-'));
  const tmux = (...args: string[]): void => {
    execFileSync('tmux', ['-S', join(folder, 's'), '-f', '/dev/null', ...args]);
  };
  try {
    const spans: number[] = [];
    tmux('new-session', '-d', '-s', 'bench', 'sleep 1000');
    for (let run = 0; run < COUNT; run += 1) {
      const file = join(folder, `up.${run}`);
      const began = performance.now();
      tmux('respawn-pane', '-k', '-t', '=bench:', `touch ${file}; exec sleep 1000`);
      await untilThere(file);
      spans.push(performance.now() - began);
    }
    return spans;
  } finally {
    tmux('kill-server');
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Each Project is killed once: its first restart is immediate, as the kubelet's is. */
const underTmuxlet = async (): Promise<readonly number[]> => {
  const controller = new ControllerProcess();
  try {
    const command = 'touch up.$TMUXLET_PROJECT.$TMUXLET_RUN; exec sleep 1000';
    const names = Array.from({ length: COUNT }, (_, index) => `p${index}`);
    for (const name of names) controller.declare(name, { session: { windows: [{ name: 'main', command }] } });
    await controller.start('--max-concurrent', String(COUNT), '--log-level', 'error');
    await controller.untilAll('Running', COUNT, 60_000);
    const spans: number[] = [];
    for (const name of names) {
      const pids = await controller.processesOf(name);
      const primary = Math.max(...pids);
      const began = performance.now();
      process.kill(primary, 'SIGKILL');
      await untilThere(join(controller.work, `up.${name}.2`));
      spans.push(performance.now() - began);
    }
    return spans;
  } finally {
    await controller.close();
  }
};

const bare = await bareTmux();
const ours = await underTmuxlet();
const row = (what: string, spans: readonly number[]): string =>
  `${what.padEnd(36)} p50 ${percentile(spans, 0.5).toFixed(1)} ms   p99 ${percentile(spans, 0.99).toFixed(1)} ms`;
process.stdout.write(
  [
    row('bare tmux: respawn-pane', bare),
    row('tmuxlet: kill -9 until running again', ours),
    `ratio of the medians: ${(percentile(ours, 0.5) / percentile(bare, 0.5)).toFixed(1)}`,
    '',
  ].join('\n'),
);
