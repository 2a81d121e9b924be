import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { isManifestName } from '../../../src/adapters/manifests/file-names.ts';
import { parseManifests } from '../../../src/adapters/manifests/parse.ts';
import type { ProjectManifest } from '../../../src/api/manifest.ts';
import type { ManifestRow } from '../../../src/api/ports/store.ts';
import type { World } from '../world.ts';
import { MANIFESTS } from '../places.ts';

type Reading = ReturnType<typeof parseManifests>;

const UNREADABLE: Reading = { projects: [], names: [], errors: ['cannot be read'] };

/** What people have written into the manifest directory, now and ever. */
export class Declared {
  readonly #world: World;
  /** What each file has ever said, by the hash of its text. */
  readonly #texts = new Map<string, Reading>();
  readonly #specs = new Map<string, Set<string>>();
  /** Names that each file held when a controller last read it in order, and whenever one has read it since. */
  readonly #held = new Map<string, Set<string>>();
  /** When each name was last not there. */
  readonly #absentAt = new Map<string, number>();
  #files: readonly { readonly file: string; readonly reading: Reading }[] = [];
  #seen = '';
  /** The one that held manifests last. */
  #device: string | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** What files held before they broke was known to the database alone. */
  forget(): void {
    this.#held.clear();
  }

  /** A controller has read these texts; what a file held while nobody read it, nobody can keep in mind. */
  wereRead(rows: readonly ManifestRow[]): void {
    const there = new Set(this.#files.map(({ file }) => file));
    for (const { file, hash } of rows) {
      const reading = this.#texts.get(keyOf(file, hash));
      if (reading === undefined || !there.has(file)) continue;
      const before = reading.errors.length === 0 ? [] : (this.#held.get(file) ?? []);
      this.#held.set(file, new Set([...before, ...reading.names]));
    }
  }

  /** To be called when something has changed. */
  look(): void {
    const { disk } = this.#world.machine;
    // What is away says nothing, and what is empty on another device is a mount that is away.
    if (!disk.isDirectory(MANIFESTS)) return;
    const files = disk.list(MANIFESTS).filter((name) => isManifestName(basename(name)));
    const device = disk.deviceOf(MANIFESTS);
    if (files.length > 0) this.#device = device;
    else if (this.#device !== null && this.#device !== device) return;
    const texts = files.map((name) => ({
      file: `${MANIFESTS}/${name}`,
      text: disk.file(`${MANIFESTS}/${name}`)?.text,
    }));
    const seen = JSON.stringify(texts);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#files = texts.map(({ file, text }) => ({
        file,
        reading: text === undefined ? UNREADABLE : this.#read(text, file),
      }));
      for (const file of this.#held.keys()) if (!texts.some((each) => each.file === file)) this.#held.delete(file);
      for (const { reading } of this.#files) this.#remember(reading);
    }
    for (const name of this.#specs.keys())
      if (!this.mayBeThere(name)) this.#absentAt.set(name, this.#world.kernel.tick);
  }

  /** Projects that good files declare; of those declared twice each. */
  get projects(): readonly { readonly file: string; readonly manifest: ProjectManifest }[] {
    return this.#files.flatMap(({ file, reading }) => reading.projects.map((manifest) => ({ file, manifest })));
  }

  get hasErrors(): boolean {
    return this.#files.some(({ reading }) => reading.errors.length > 0);
  }

  /** A file names it, or is broken and held it when it was read. */
  mayBeThere(name: string): boolean {
    return this.#claims(name) > 0;
  }

  /** More than one file may be the one that declares it: which of them does is not judged. */
  isContested(name: string): boolean {
    return this.#claims(name) > 1;
  }

  /** Null: it has been there since it was first. */
  lastAbsent(name: string): number | null {
    return this.#absentAt.get(name) ?? null;
  }

  wasEverWritten(name: string, spec: unknown): boolean {
    return this.#specs.get(name)?.has(JSON.stringify(spec)) ?? false;
  }

  #claims(name: string): number {
    return this.#files.filter(
      ({ file, reading }) =>
        reading.names.includes(name) || (reading.errors.length > 0 && (this.#held.get(file)?.has(name) ?? false)),
    ).length;
  }

  #read(text: string, file: string): Reading {
    const key = keyOf(file, createHash('sha256').update(text).digest('hex'));
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const reading = parseManifests(text, file);
    this.#texts.set(key, reading);
    return reading;
  }

  #remember({ projects }: Reading): void {
    for (const { metadata, spec } of projects) {
      const specs = this.#specs.get(metadata.name) ?? new Set();
      specs.add(JSON.stringify(spec));
      this.#specs.set(metadata.name, specs);
    }
  }
}

const keyOf = (file: string, hash: string): string => `${hash} ${file}`;
