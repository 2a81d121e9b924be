import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Made by one call of mkfifo: a process costs 4 ms, a FIFO 0.07 ms. */
const BATCH = 64;

/** With fewer left than this, more are made while nobody waits for them. */
const LOW = 16;

export interface FifoPool {
  /** Moves a FIFO to this path, which must lie on the same file system. */
  take(path: string): Promise<void>;
}

/** FIFOs in stock: Node cannot make them, and a process of its own for each start would cost too much. */
export const openFifoPool = (directory: string): FifoPool => {
  let stock: string[] | null = null;
  let refilling: Promise<void> | null = null;

  const make = async (): Promise<void> => {
    if (stock === null) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      stock = await readdir(directory);
      if (stock.length >= LOW) return;
    }
    const batch = Array.from({ length: BATCH }, () => crypto.randomUUID());
    await execa('mkfifo', ['-m', '600', ...batch], { cwd: directory });
    stock.push(...batch);
  };

  const refill = (): Promise<void> => {
    refilling ??= make().finally(() => {
      refilling = null;
    });
    return refilling;
  };

  return {
    async take(path) {
      let name = stock?.pop();
      while (name === undefined) {
        await refill();
        name = stock?.pop();
      }
      await rename(join(directory, name), path);
      // Should this fail, the next one who finds the stock empty waits for his own try and is told.
      if (stock !== null && stock.length < LOW) refill().catch(() => {});
    },
  };
};
