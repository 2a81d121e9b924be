import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { openFullScreen } from '../full-screen.ts';
import { spanOf } from '../output/duration.ts';
import { type Order, type Sort, SORTS } from '../top/order.ts';
import { createSampler, type Sample } from '../top/sample.ts';
import { helpText, type Look, roomFor, screenText } from '../top/screen-text.ts';

interface Options {
  readonly once?: true;
  readonly interval: string;
  readonly sort: Sort;
}

/** Between two samples that are taken for one table only. */
const ONCE_MS = 500;

export const topCommand = (act: Act): Command =>
  new Command('top')
    .description('Projects with what they use, live, trouble first; without a terminal one table')
    .option('--once', 'print one table and end')
    .option('--interval <span>', 'how often to look: 2s, 500ms', '2s')
    .addOption(new Option('--sort <key>', 'what comes first').choices(SORTS).default('trouble'))
    .action(act(top));

const top = async (context: Context, { once, interval, sort }: Options): Promise<number> => {
  const intervalMs = spanOf('--interval', interval);
  const { stdin, stdout } = context.io;
  const order = { sort, reversed: false };
  if (once || stdout.isTTY !== true || stdin.isTTY !== true) return printOnce(context, order);
  return watch(context, order, intervalMs);
};

/** Two samples, for time on a CPU is what was used between them. */
const printOnce = async (context: Context, order: Order): Promise<number> => {
  const sample = createSampler(context);
  await sample();
  await sleep(ONCE_MS);
  const { stdout } = context.io;
  const width = stdout.isTTY === true ? (stdout.columns ?? 80) : Infinity;
  const look = { ...lookOf(context, order, 0), width, height: Infinity };
  for (const line of screenText(await sample(), look)) context.print(line);
  return 0;
};

const lookOf = ({ paint, config }: Context, order: Order, offset: number): Omit<Look, 'width' | 'height'> => ({
  ...order,
  offset,
  paint,
  stateDir: config.stateDir,
});

const KEYS: Readonly<Record<string, Sort>> = {
  t: 'trouble',
  n: 'name',
  c: 'cpu',
  m: 'memory',
  a: 'age',
  r: 'restarts',
  h: 'heartbeat',
};

/** A controller that is just coming or going is looked for again; what was seen last stays. */
const withTrouble = ({ io }: Context, sample: Sample, error: unknown): Sample => {
  if (!(error instanceof UserError)) throw error;
  return { ...sample, at: io.now(), checks: [{ name: 'controller', ok: false, message: error.message }] };
};

/** Draws at once what a key or another size changes, and looks anew at every interval. */
const watch = async (context: Context, first: Order, intervalMs: number): Promise<number> => {
  const sampler = createSampler(context);
  // What cannot work is said before the terminal is taken.
  let sample = await sampler();
  let order = first;
  let offset = 0;
  const screen = openFullScreen(context.io);
  const draw = (): void => {
    const { columns: width, rows: height } = screen;
    const look = { ...lookOf(context, order, 0), width, height };
    offset = Math.max(0, Math.min(offset, sample.rows.length - roomFor(sample, look)));
    const lines = screenText(sample, { ...look, offset });
    screen.draw([
      ...lines,
      ...Array.from({ length: Math.max(0, height - lines.length - 1) }, () => ''),
      helpText(look),
    ]);
  };
  screen.onKey((name) => {
    const page = Math.max(1, screen.rows - 10);
    const step = { up: -1, k: -1, down: 1, j: 1, pageup: -page, pagedown: page, home: -Infinity, end: Infinity }[name];
    const sort = KEYS[name];
    if (step !== undefined) offset = Math.max(0, Math.min(sample.rows.length, offset + step));
    if (sort !== undefined) order = { sort, reversed: order.sort === sort && !order.reversed };
    draw();
  });
  const over = new AbortController();
  const ended = screen.ended.finally(() => over.abort());
  try {
    while (!over.signal.aborted) {
      draw();
      await sleep(intervalMs, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) sample = await sampler().catch((error: unknown) => withTrouble(context, sample, error));
    }
    return await ended;
  } finally {
    screen.close();
  }
};
