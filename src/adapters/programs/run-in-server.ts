import { constants, openSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Processes } from '../../api/ports/processes.ts';
import { UID_MARKER } from '../processes/marker.ts';
import { openFifoPool } from '../runs/fifo-pool.ts';
import { quoteForShell } from '../tmux/quote.ts';
import {
  DRAINED_WITHIN_MS,
  type Ended,
  type Ending,
  keepOutput,
  type Program,
  type RunProgram,
  within,
} from './program.ts';

export interface ServerOptions {
  /** FIFOs and scripts live below it, in `program-fifos` and `programs`. */
  readonly stateDir: string;
  readonly processes: Pick<Processes, 'signalTree'>;
  /** Has a tmux server run a line of shell and does not wait for its end. */
  readonly runDetached: (line: string) => Promise<void>;
}

/** How long what was killed may take to be gone. */
const GONE_WITHIN_MS = 1000;

/**
 * Runs programs as descendants of a tmux server, which is where sessions run: in its control group, with its
 * privileges and its view of the file system, and not in the sandbox that the controller was put into.
 */
export const runInServer = ({ stateDir, processes, runDetached }: ServerOptions): RunProgram => {
  const place = join(stateDir, 'programs');
  // A stock of its own: nobody else takes from it.
  const fifos = openFifoPool(join(stateDir, 'program-fifos'));
  let cleared: Promise<void> | null = null;

  return async (program) => {
    // What an earlier life has left is nobody's any more.
    await (cleared ??= rm(place, { recursive: true, force: true }));
    const directory = join(place, crypto.randomUUID());
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      return await runIn(directory, program);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };

  async function runIn(directory: string, program: Program): Promise<Ended> {
    const marker = `program-${crypto.randomUUID()}`;
    const file = (name: string): string => join(directory, name);
    await Promise.all([
      writeFile(file('run'), runScript(directory), { mode: 0o600 }),
      writeFile(file('start'), startScript({ ...program, env: { ...program.env, [UID_MARKER]: marker } }), {
        mode: 0o600,
      }),
      ...STREAMS.map((name) => fifos.take(file(name))),
    ]);
    const [end, stdout, stderr] = STREAMS.map((name) => readerOf(file(name))) as [Socket, Socket, Socket];
    try {
      const ending = text(end).then((said) => endingOf(said, program));
      // Should the time be over first, nobody waits for it any more.
      ending.catch(() => {});
      const outputOf = keepOutput({ stdout, stderr });
      const drained = Promise.all(
        [stdout, stderr].map((stream) => new Promise((close) => stream.once('close', close))),
      );
      await runDetached(`setsid /bin/sh ${quoteForShell(file('run'))} </dev/null >/dev/null 2>&1 &`);

      const ended = await within(program.timeoutMs, ending, { how: 'TimedOut' } as const);
      if (ended.how === 'TimedOut') {
        await processes.signalTree(marker, [], 'SIGKILL');
        await within(
          GONE_WITHIN_MS,
          ending.catch(() => {}),
          undefined,
        );
      }
      await within(DRAINED_WITHIN_MS, drained, undefined);
      return { ...ended, ...outputOf() };
    } finally {
      for (const stream of [end, stdout, stderr]) stream.destroy();
    }
  }
};

const STREAMS = ['end', 'stdout', 'stderr'] as const;

/** Opened before there is a writer: the end comes when the last one has gone. */
const readerOf = (fifo: string): Socket =>
  new Socket({ fd: openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });

/** Becomes nobody's child at once, waits for the program and writes down how it ended. */
const runScript = (directory: string): string => {
  const file = (name: string): string => quoteForShell(join(directory, name));
  return [
    `exec 9<>${file('end')}`,
    `/usr/bin/env -i --default-signal=INT,QUIT /bin/sh ${file('start')} >${file('stdout')} 2>${file('stderr')}`,
    'echo "exit $?" >&9',
    '',
  ].join('\n');
};

/** The variables stand in this file, which only its owner can read, and in no command line, which everybody can. */
const startScript = ({ argv: [program = '', ...rest], cwd, env }: Program): string =>
  [
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
    `cd ${quoteForShell(cwd)} && command -v ${quoteForShell(program)} >/dev/null || { echo missing >&9; exit 127; }`,
    `exec ${[program, ...rest].map(quoteForShell).join(' ')} 9>&-`,
    '',
  ].join('\n');

const endingOf = (said: string, { argv: [program = ''] }: Program): Ending => {
  if (said.startsWith('missing')) return { how: 'NotStarted', message: `cannot start ${program}: ENOENT` };
  const code = /^exit (\d+)$/m.exec(said)?.[1];
  if (code === undefined) throw new Error(`${program} was ended together with the tmux server it ran under`);
  return { how: 'Exited', code: Number(code) };
};
