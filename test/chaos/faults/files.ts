import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Declared, Manifest } from '../fleet.ts';
import { DISK_FULL, REPAIR_WITHIN_MS } from '../ledger.ts';
import type { Random } from '../random.ts';
import { alone, aRunning, type Fault, mended, type Scene, within } from './fault.ts';

/** What is asked for is done by then, or the observer says that it is not. */
const SETTLED_MS = REPAIR_WITHIN_MS + 5_000;

const aProject = (scene: Scene, random: Random, suits: (declared: Declared) => boolean): Declared | undefined => {
  const window = aRunning(scene, random, ({ isPrimary }) => isPrimary);
  const declared = scene.fleet.find(({ name }) => name === window?.project);
  return declared !== undefined && suits(declared) ? declared : undefined;
};

/** For a moment the manifest is not what it was; nothing that runs may suffer from that. */
const spoiled = (
  kind: string,
  weight: number,
  longestMs: number,
  spoil: (file: string, text: string) => void,
): Fault => ({
  kind,
  weight,
  async inject(scene, random) {
    const declared = aProject(scene, random, () => true);
    if (declared === undefined) return false;
    return alone(scene, declared.name, async () => {
      const file = scene.arena.fileOf(declared.name);
      const text = readFileSync(file, 'utf8');
      scene.ledger.tell(`${kind}: ${declared.name}`);
      spoil(file, text);
      await sleep(random.int(100, longestMs));
      writeFileSync(file, text);
      scene.ledger.tell(`${kind}: ${declared.name} is put back`);
      return true;
    });
  },
});

/** Long enough for the Project to be deleted, and then it is declared anew. */
const deleted: Fault = {
  kind: 'manifest deleted, later put back',
  weight: 2,
  async inject(scene, random) {
    const declared = aProject(scene, random, ({ role }) => role === 'Service');
    if (declared === undefined) return false;
    return alone(scene, declared.name, async () => {
      const file = scene.arena.fileOf(declared.name);
      const text = readFileSync(file, 'utf8');
      scene.ledger.tell(`manifest deleted: ${declared.name}`);
      scene.ledger.expect(declared.name, 'None', 'manifest deleted');
      rmSync(file);
      await within(SETTLED_MS, () => scene.ledger.of(declared.name).every(({ broken }) => broken === null));
      await sleep(random.int(0, 1_000));
      scene.ledger.tell(`manifest put back: ${declared.name}`);
      scene.ledger.expect(declared.name, 'Run', 'manifest put back');
      writeFileSync(file, text);
      await within(SETTLED_MS, () => scene.ledger.of(declared.name).every(({ broken }) => broken === null));
      return true;
    });
  },
};

const suspended: Fault = {
  kind: 'suspended, later not',
  weight: 3,
  async inject(scene, random) {
    const declared = aProject(scene, random, ({ role }) => role === 'Service');
    if (declared === undefined) return false;
    return alone(scene, declared.name, async () => {
      const { manifest } = declared;
      const settle = (): Promise<boolean> =>
        within(SETTLED_MS, () => scene.ledger.of(declared.name).every(({ broken }) => broken === null));
      scene.ledger.tell(`suspended: ${declared.name}`);
      scene.ledger.expect(declared.name, 'None', 'suspended');
      scene.arena.declare({ ...manifest, spec: { ...manifest.spec, suspend: true } });
      await settle();
      await sleep(random.int(0, 3_000));
      scene.ledger.tell(`no longer suspended: ${declared.name}`);
      scene.ledger.expect(declared.name, 'Run', 'no longer suspended');
      scene.arena.declare(manifest);
      await settle();
      return true;
    });
  },
};

/** An edit that what runs need not be ended for. */
const edited: Fault = {
  kind: 'manifest edited',
  weight: 3,
  async inject(scene, random) {
    const declared = aProject(scene, random, () => true);
    if (declared === undefined) return false;
    return alone(scene, declared.name, async () => {
      scene.ledger.tell(`manifest edited: ${declared.name}`);
      const { manifest } = declared;
      const changed: Manifest = random.chance(0.5)
        ? { ...manifest, metadata: { ...manifest.metadata, annotations: { note: String(random.int(0, 1_000)) } } }
        : { ...manifest, spec: { ...manifest.spec, priority: random.int(0, 9) } };
      scene.arena.declare(changed);
      await sleep(random.int(0, 2_000));
      return true;
    });
  },
};

const stateFileOf = ({ arena }: Scene, name: string): string => join(arena.stateDir, 'state', `${name}.json`);

const isWhole = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
};

const stateSpoiled = (kind: string, weight: number, spoil: (file: string, size: number) => void): Fault => ({
  kind,
  weight,
  async inject(scene, random) {
    const declared = aProject(scene, random, () => true);
    const file = declared && stateFileOf(scene, declared.name);
    if (!declared || !file || !existsSync(file)) return false;
    return alone(scene, declared.name, async () => {
      scene.ledger.tell(`${kind}: ${declared.name}`);
      try {
        spoil(file, readFileSync(file).length);
      } catch {
        // It is being replaced, or the disk has no room: then it is not damaged.
        return false;
      }
      await mended(scene, kind, declared.name, () => isWhole(file));
      return true;
    });
  },
});

const MEBIBYTE = Buffer.alloc(1 << 20);

/** Not a byte is left for anybody, for a while. */
const diskFull: Fault = {
  kind: 'disk full for a while',
  weight: 2,
  group: 'disk',
  async inject(scene, random) {
    if (!scene.hasOwnDisk) return false;
    const file = join(scene.arena.stateDir, 'ballast');
    scene.ledger.tell('disk full');
    const release = scene.ledger.hold(DISK_FULL);
    const ballast = openSync(file, 'w');
    try {
      for (const size of [1 << 20, 4096, 1]) {
        try {
          for (;;) writeSync(ballast, MEBIBYTE, 0, size);
        } catch {
          // No room for so much; less may still fit.
        }
      }
      await sleep(random.int(500, 5_000));
    } finally {
      closeSync(ballast);
      rmSync(file);
      scene.ledger.tell('disk has room again');
      // Who found it full may need a moment to say so and end.
      await sleep(1_000);
      release();
    }
    return true;
  },
};

export const files: readonly Fault[] = [
  spoiled('manifest torn for a while', 3, 6_000, (file, text) => writeFileSync(file, text.slice(0, text.length / 2))),
  spoiled('manifest emptied for a while', 2, 6_000, (file) => truncateSync(file)),
  spoiled('manifest deleted for a moment', 2, 1_500, (file) => rmSync(file)),
  deleted,
  suspended,
  edited,
  stateSpoiled('state file truncated', 3, (file, size) => truncateSync(file, Math.floor(size / 2))),
  stateSpoiled('state file emptied', 1, (file) => truncateSync(file)),
  stateSpoiled('state file deleted', 1, (file) => rmSync(file)),
  stateSpoiled('state file overwritten', 1, (file) => writeFileSync(file, '\0garbage')),
  diskFull,
];
