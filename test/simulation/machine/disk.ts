import { basename, dirname } from 'node:path';
import type { Surroundings } from './surroundings.ts';

const MEANINGS = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  ENOSPC: 'no space left on device',
  EIO: 'i/o error',
  EACCES: 'permission denied',
  EMFILE: 'too many open files',
} as const;

/** An error as Node makes it. */
export const diskError = (code: keyof typeof MEANINGS, path: string): Error =>
  Object.assign(new Error(`${code}: ${MEANINGS[code]}, '${path}'`), { code });

/** A file itself, whatever it is called and whoever has it open. */
export interface File {
  text: string;
  /** Epoch milliseconds. */
  writtenAt: number;
}

type Changed = (path: string) => void;

/**
 * Files as texts by absolute path, in directories on devices. What is written is written whole or not at all: that is
 * how the product writes. People tear.
 */
export class Disk {
  /** Whatever would take more room is refused. */
  isFull = false;
  readonly #surroundings: Surroundings;
  readonly #files = new Map<string, File>();
  readonly #directories = new Map<string, string>([['/', '1']]);
  /** Names that lead nowhere. */
  readonly #broken = new Set<string>();
  readonly #watchers = new Set<{ readonly directory: string; readonly changed: Changed }>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  isThere(path: string): boolean {
    return this.isDirectory(path) || this.#files.has(path) || this.#broken.has(path);
  }

  /** @throws ENOENT */
  deviceOf(directory: string): string {
    this.#demandDirectory(directory);
    return this.#directories.get(directory) ?? '';
  }

  /** With all above it; on the device given, else on that of the one above. */
  makeDirectory(path: string, device?: string): void {
    const parent = dirname(path);
    if (!this.isDirectory(parent)) this.makeDirectory(parent);
    if (this.isDirectory(path) && device === undefined) return;
    if (this.#files.has(path)) throw diskError('ENOTDIR', path);
    this.#directories.set(path, device ?? this.#directories.get(parent) ?? '');
    this.#changed(path);
  }

  /** With all in it. */
  removeDirectory(path: string): void {
    for (const names of [this.#files, this.#directories, this.#broken]) {
      for (const name of names.keys()) if (name === path || name.startsWith(`${path}/`)) names.delete(name);
    }
    this.#changed(path);
  }

  /** With all in it; what was there before is gone. */
  renameDirectory(from: string, to: string): void {
    this.removeDirectory(to);
    for (const [path, file] of this.#files) {
      if (!path.startsWith(`${from}/`)) continue;
      this.#files.delete(path);
      this.#files.set(`${to}${path.slice(from.length)}`, file);
    }
    this.#directories.set(to, this.deviceOf(from));
    this.removeDirectory(from);
    this.#changed(to);
  }

  /**
   * Names in a directory, in order.
   * @throws ENOENT
   */
  list(directory: string): readonly string[] {
    this.#demandDirectory(directory);
    const all = [...this.#files.keys(), ...this.#directories.keys(), ...this.#broken];
    return all
      .filter((path) => path !== '/' && dirname(path) === directory)
      .map((path) => basename(path))
      .sort();
  }

  /** Null when there is none. */
  file(path: string): File | null {
    return this.#files.get(path) ?? null;
  }

  /** @throws ENOENT, EISDIR */
  read(path: string): string {
    const file = this.#files.get(path);
    if (file === undefined) throw diskError(this.isDirectory(path) ? 'EISDIR' : 'ENOENT', path);
    return file.text;
  }

  /**
   * Puts a new file in place of what was there: atomically, so that nobody sees a half.
   * @throws ENOENT, ENOSPC
   */
  replace(path: string, text: string): void {
    this.#demandDirectory(dirname(path));
    if (this.isDirectory(path)) throw diskError('EISDIR', path);
    if (this.isFull) throw diskError('ENOSPC', path);
    this.#broken.delete(path);
    this.#files.set(path, { text, writtenAt: this.#now() });
    this.#changed(path);
  }

  /**
   * The file as somebody who writes to it has it, made when it is not there.
   * @throws ENOENT
   */
  open(path: string): File {
    this.#demandDirectory(dirname(path));
    const file = this.#files.get(path) ?? { text: '', writtenAt: this.#now() };
    this.#files.set(path, file);
    return file;
  }

  /** Writes into the very file, for whoever has it open; on a full disk only as much as was there before. */
  overwrite(file: File, text: string): void {
    file.text = this.isFull ? text.slice(0, file.text.length) : text;
    file.writtenAt = this.#now();
    this.#surroundings.changed();
    const path = [...this.#files].find(([, each]) => each === file)?.[0];
    if (path !== undefined) this.#changed(path);
  }

  /** @throws ENOENT */
  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) throw diskError('ENOENT', from);
    this.#demandDirectory(dirname(to));
    this.#files.delete(from);
    this.#files.set(to, file);
    this.#changed(from);
    this.#changed(to);
  }

  /** What is not there is no error. */
  remove(path: string): void {
    if (this.#files.delete(path) || this.#broken.delete(path)) this.#changed(path);
  }

  /** The name stays, and leads nowhere. */
  breakLink(path: string): void {
    this.#files.delete(path);
    this.#broken.add(path);
    this.#changed(path);
  }

  /** Calls back for each change in a directory, or of it. Returns how to stop. */
  watch(directory: string, changed: Changed): () => void {
    const watcher = { directory, changed };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #demandDirectory(path: string): void {
    if (!this.isDirectory(path)) throw diskError(this.#files.has(path) ? 'ENOTDIR' : 'ENOENT', path);
  }

  #now(): number {
    return this.#surroundings.kernel.now().wallMs;
  }

  #changed(path: string): void {
    this.#surroundings.changed();
    for (const { directory, changed } of this.#watchers) {
      if (path === directory || dirname(path) === directory) changed(path);
    }
  }
}
