import { Readable, Writable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import type { Io, Output } from '../../src/cli/io.ts';

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A person sits at stdin and stderr. Default: nobody does. */
  readonly person?: boolean;
  /** Aborted when the reader has seen enough. */
  readonly signal?: AbortSignal;
  readonly nowMs?: number;
  /** Called with all of stdout so far, whenever something is printed. */
  readonly onOut?: (out: string) => void;
  /** Columns of the terminal that stdout is. Default: it is none. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
}

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One call of the command line in this process. */
export const cli = async (argv: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
  const { person = false } = options;
  const stdout = gathering((text) => options.onOut?.(text));
  const stderr = gathering(() => {});
  const io: Io = {
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [options.stdin]), { isTTY: person }),
    stdout: Object.assign(stdout.stream, options.terminal && { isTTY: true, ...options.terminal }),
    stderr: Object.assign(stderr.stream, { isTTY: person }),
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    now: () => options.nowMs ?? Date.now(),
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await main(argv, io.env, io);
  return { code, out: stdout.text(), err: stderr.text() };
};

const gathering = (told: (text: string) => void): { readonly stream: Output; text(): string } => {
  let all = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      all += chunk.toString();
      told(all);
      done();
    },
  });
  return { stream, text: () => all };
};
