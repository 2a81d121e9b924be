import type { ProjectManifest } from '../manifest.ts';
import type { Seen } from '../seen.ts';

/** Where desired state comes from. The manifest directory is one; a cluster store may be another. */
export interface SpecSource {
  /** A complete listing, or Unknown: the directory vanished, cannot be read, or is empty on another device. */
  list(): Promise<Seen<readonly SpecFile[]>>;
  /** Something may have changed; a hint. Returns how to stop listening. */
  onHint(listener: () => void): () => void;
  /** Takes a finished Project's manifest out of the source (into the archive). */
  archive(file: string, name: string): Promise<void>;
}

/** One file as it now stands. */
export interface SpecFile {
  /** Absolute path. */
  readonly file: string;
  /** Hash of its bytes. */
  readonly hash: string;
  /** The Projects it declares; empty when it does not parse. */
  readonly projects: readonly ProjectManifest[];
  /** `metadata.name` of every item that could be read at all, good or bad: these Projects are not deleted. */
  readonly names: readonly string[];
  /** `file:line:column: field: message`, one a problem. */
  readonly errors: readonly string[];
}
