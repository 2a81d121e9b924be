import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder with a short path (a unix socket's has at most 107 bytes), and how to remove it. */
export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'tl-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
