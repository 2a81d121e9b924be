import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { orAbsentSync } from '../absent-file.ts';

/** A watch on the end of one run. */
export interface Watch {
  close(): void;
}

const NOTHING = Buffer.alloc(1);

/**
 * Calls `ended` once when no process holds the FIFO open for writing any more. Null when there is no such FIFO.
 *
 * `wasStarted` says whether a writer has ever opened it. Without one a read finds the end at once, but the
 * kernel reports a hang-up only for a writer that came after us, so that one may wait for that.
 */
export const watchFifo = (file: string, wasStarted: () => boolean, ended: () => void): Watch | null => {
  const fd = openFifo(file);
  if (fd === null) return null;

  if (isOver(fd, wasStarted)) {
    closeSync(fd);
    const soon = setImmediate(ended);
    return { close: () => clearImmediate(soon) };
  }

  const socket = new Socket({ fd, readable: true, writable: false });
  let closed = false;
  // An error is followed by the close.
  socket.on('error', () => {});
  socket.once('close', () => {
    if (!closed) ended();
  });
  socket.resume();
  return {
    close() {
      closed = true;
      socket.destroy();
    },
  };
};

const openFifo = (file: string): number | null => {
  const fd = orAbsentSync(() => openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), null);
  if (fd === null || fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  return null;
};

/** Closes the FIFO when that cannot be found out. */
const isOver = (fd: number, wasStarted: () => boolean): boolean => {
  try {
    // Read again after asking: a writer may have come in between.
    return !hasWriter(fd) && wasStarted() && !hasWriter(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};

const hasWriter = (fd: number): boolean => {
  try {
    return readSync(fd, NOTHING) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return true;
    throw error;
  }
};
