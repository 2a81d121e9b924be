import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const Remembered = z.object({ directory: z.string(), device: z.string() });

/**
 * The device the manifest directory was on when it last held a manifest. A directory that is empty and on
 * another device is a mount that is gone. Kept in a file, since mounts fail most often at boot.
 */
export class DeviceMemory {
  readonly #directory: string;
  readonly #file: string | null;
  readonly #isKept: boolean;
  #device: string | null;

  constructor(directory: string, file: string | null, isKept = true) {
    this.#isKept = isKept;
    this.#directory = directory;
    this.#file = file;
    this.#device = file === null ? null : readDevice(directory, file);
  }

  get last(): string | null {
    return this.#device;
  }

  /** What a person does who has emptied the directory on purpose. */
  get remedy(): string {
    return this.#file === null ? 'If not, restart the controller.' : `If not, remove ${this.#file} and restart.`;
  }

  remember(device: string): void {
    if (device === this.#device) return;
    // Not known before it is kept: one that could not be written is written with the next listing.
    if (this.#file !== null && this.#isKept) {
      writeFileAtomic.sync(this.#file, `${JSON.stringify({ directory: this.#directory, device })}\n`);
    }
    this.#device = device;
  }
}

/** Without a readable file nothing is remembered: the first reading begins anew. */
const readDevice = (directory: string, file: string): string | null => {
  try {
    const remembered = Remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
    return remembered.directory === directory ? remembered.device : null;
  } catch {
    return null;
  }
};
