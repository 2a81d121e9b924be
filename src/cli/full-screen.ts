import { type Key, emitKeypressEvents } from 'node:readline';
import { constants } from 'node:os';
import type { Io } from './io.ts';

/** The whole terminal for one program, given back as it was. */
export interface FullScreen {
  readonly columns: number;
  readonly rows: number;
  /** One line each; what does not fit is left out. */
  draw(lines: readonly string[]): void;
  /** Called with the name of a key (`q`, `up`, `pagedown`), and with `resize`. */
  onKey(listener: (name: string) => void): void;
  /** Resolves with the exit code when a person or a signal ends it: 0 for q, Escape or Ctrl-C, else 128 + n. */
  readonly ended: Promise<number>;
  /** Gives the terminal back. */
  close(): void;
}

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** Before the text and not after it: with the cursor at the right edge the last letter would be cleared too. */
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Takes the terminal: another screen than the one that scrolls, without a cursor, keys as they are pressed. */
export const openFullScreen = ({ stdin, stdout, signal }: Pick<Io, 'stdin' | 'stdout' | 'signal'>): FullScreen => {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const listeners = new Set<(name: string) => void>();
  const tell = (name: string): void => listeners.forEach((listener) => listener(name));

  const onKeypress = (_: string | undefined, { name = '', ctrl = false }: Key): void => {
    if (name === 'q' || name === 'escape' || (ctrl && name === 'c')) end(0);
    else tell(name);
  };
  const onResize = (): void => tell('resize');
  const onSignal = (name: NodeJS.Signals): void => end(128 + constants.signals[name]);
  const onGone = (): void => end(0);

  stdout.write(ENTER);
  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.on('keypress', onKeypress);
  stdin.resume();
  stdout.on('resize', onResize);
  for (const name of SIGNALS) process.on(name, onSignal);
  signal.addEventListener('abort', onGone);

  return {
    get columns() {
      return stdout.columns ?? 80;
    },
    get rows() {
      return stdout.rows ?? 24;
    },
    draw(lines) {
      const fitting = lines.slice(0, stdout.rows ?? 24);
      stdout.write(`${HOME}${fitting.map((line) => CLEAR_LINE + line).join('\r\n')}${CLEAR_BELOW}`);
    },
    onKey: (listener) => void listeners.add(listener),
    ended,
    close() {
      signal.removeEventListener('abort', onGone);
      for (const name of SIGNALS) process.off(name, onSignal);
      stdout.off('resize', onResize);
      stdin.off('keypress', onKeypress);
      stdin.setRawMode?.(false);
      stdin.pause();
      stdout.write(LEAVE);
    },
  };
};
