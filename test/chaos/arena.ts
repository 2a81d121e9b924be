import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from './fleet.ts';
import { lifeOf, mentioning, send } from './proc.ts';
import { type Session, sessionsAt } from './tmux.ts';

/** Room in the state directory, when it is a file system of its own: enough for the checks before a start. */
const STATE_BYTES = '160m';

/** A temporary folder in which all of it happens, and whose path is in the command line of everything started. */
export class Arena {
  readonly dir = mkdtempSync(join(tmpdir(), 'tl-chaos-'));
  readonly stateDir = join(this.dir, 's');
  readonly database = join(this.stateDir, 'tmuxlet.db');
  readonly manifests = join(this.dir, 'm');
  readonly work = join(this.dir, 'w');
  /** Signs of life of all windows, and what reached the bystanders: one file each, that all append to. */
  readonly beats = join(this.dir, 'beats');
  readonly bystanders = join(this.dir, 'bystanders');
  readonly log = join(this.dir, 'controller.log');
  readonly history = join(this.dir, 'history');
  /** Made by nobody, unless a name is taken for a command. */
  readonly canary = join(this.dir, 'canary');

  #isMounted = false;

  constructor() {
    for (const folder of [this.stateDir, this.manifests, this.work]) mkdirSync(folder, { mode: 0o700 });
    for (const file of [this.beats, this.bystanders, this.log, this.history]) writeFileSync(file, '');
  }

  /** Gives the state directory a small disk of its own; needs root, and a mount namespace that nobody shares. */
  mountState(): void {
    this.#isMounted = true;
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${STATE_BYTES},mode=700`, 'none', this.stateDir]);
  }

  fileOf(name: string): string {
    return join(this.manifests, `${name}.json`);
  }

  declare(manifest: Manifest): void {
    writeFileSync(this.fileOf(manifest.metadata.name), JSON.stringify(manifest, null, 2));
  }

  /** The sockets of the tmux servers that are there as files. */
  sockets(): readonly string[] {
    return readdirSync(this.stateDir)
      .filter((name) => /^tmux\.sock(\.\d+)?$/.test(name))
      .map((name) => join(this.stateDir, name));
  }

  /** The sessions of all servers that answer. */
  async sessions(): Promise<readonly Session[]> {
    const all = await Promise.all(this.sockets().map(sessionsAt));
    return all.flatMap((sessions) => sessions ?? []);
  }

  /** Ends, by pid, whatever was started here, and removes the folder unless it is to be looked at. */
  async end({ keep }: { readonly keep: boolean }): Promise<void> {
    for (let round = 0; round < 10; round += 1) {
      const left = mentioning(this.dir).flatMap((pid) => lifeOf(pid) ?? []);
      if (left.length === 0) break;
      for (const life of left) send(life, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (keep) {
      // What is on a disk of its own is gone with the last process that sees it.
      const isPlain = (path: string): boolean =>
        [lstatSync(path).isFile(), lstatSync(path).isDirectory()].includes(true);
      if (this.#isMounted) cpSync(this.stateDir, join(this.dir, 'state'), { recursive: true, filter: isPlain });
      return;
    }
    if (this.#isMounted) execFileSync('umount', ['-l', this.stateDir]);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
