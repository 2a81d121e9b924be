import { clearScreenDown, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';
import type { Output } from './io.ts';

/** Lines at the bottom of a terminal that are drawn anew in place; what is logged rolls by above them. */
export interface LiveRegion {
  draw(lines: readonly string[]): void;
  /** What is written here appears above the lines. Says that it is a terminal. */
  readonly log: Writable & { readonly isTTY: true };
}

// Lines that are too long are cut by the terminal, so that each stays one line.
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

export const createLiveRegion = (terminal: Output): LiveRegion => {
  let lines: readonly string[] = [];
  let drawn = 0;
  const erase = (): void => {
    if (drawn === 0) return;
    moveCursor(terminal, 0, -drawn);
    clearScreenDown(terminal);
  };
  const redraw = (): void => {
    const room = Math.max(2, (terminal.rows ?? 24) - 1);
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
    if (shown.length > 0) terminal.write(`${NO_WRAP}${shown.join('\n')}\n${WRAP}`);
    drawn = shown.length;
  };
  const log = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      erase();
      terminal.write(chunk);
      redraw();
      done();
    },
  });
  return {
    draw: (next) => {
      erase();
      lines = next;
      redraw();
    },
    log: Object.assign(log, { isTTY: true } as const),
  };
};
