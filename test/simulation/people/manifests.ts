import { parseManifests } from '../../../src/adapters/manifests/parse.ts';
import { withSuspend } from '../../../src/adapters/manifests/edited-text.ts';
import type { StepKind } from '../acts.ts';
import type { Installation } from '../installation.ts';
import type { Disk } from '../machine/disk.ts';
import { MANIFESTS, WORK } from '../places.ts';
import { manifestText, NAMES } from './texts.ts';

/** What people do to manifests. A directory that is away comes back by itself after a while. */

const AWAY_MS = [100, 5_000, 60_000, 600_000];
/** Where the directory is kept while it is away. */
const ASIDE = '/srv/aside';

/** What people need to begin with. */
export const makePlaces = ({ world: { machine } }: Installation): void => {
  for (const place of [MANIFESTS, WORK]) if (!machine.disk.isDirectory(place)) machine.disk.makeDirectory(place);
};

const one = <T>(items: readonly T[], number = 0): T | undefined => items[number % items.length];

const filesOn = (disk: Disk): readonly string[] =>
  disk.isDirectory(MANIFESTS) ? disk.list(MANIFESTS).map((name) => `${MANIFESTS}/${name}`) : [];

/** One of the files that are there, with its text. */
const aFile = ({ world: { machine } }: Installation, number = 0) => {
  const path = one(filesOn(machine.disk), number);
  const file = path === undefined ? null : machine.disk.file(path);
  return path === undefined || file === null ? null : { path, file, disk: machine.disk };
};

/** People cannot write where there is no directory or no room. */
const save = ({ world: { machine } }: Installation, path: string, text: string, told: string): string | null => {
  if (!machine.disk.isDirectory(MANIFESTS) || machine.disk.isFull) return null;
  machine.disk.replace(path, text);
  return told;
};

export const MANIFEST_ACTS: Readonly<Record<string, StepKind>> = {
  declare: {
    weight: 10,
    act(installation, [who, shape = 0, where = 0]) {
      const name = one(NAMES, who) ?? '';
      const path = `${MANIFESTS}/${name}.${where % 4 === 0 ? 'yaml' : 'json'}`;
      return save(installation, path, manifestText(name, shape), `people declare ${name} (${shape})`);
    },
  },
  declareTwo: {
    weight: 2,
    act(installation, [who = 0, shape = 0]) {
      const [first = '', second = ''] = [one(NAMES, who), one(NAMES, who + 1 + (shape % 3))];
      const text = `# a team\n${manifestText(first, shape)}---\n${manifestText(second, shape + 1)}`;
      return save(installation, `${MANIFESTS}/team.yaml`, text, `people declare ${first} and ${second} in one file`);
    },
  },
  suspend: {
    weight: 4,
    act(installation, [which, how = 0]) {
      const found = aFile(installation, which);
      if (found === null || found.disk.isFull) return null;
      const { path, file } = found;
      const [project] = parseManifests(file.text, path).projects;
      if (project === undefined) return null;
      const { name } = project.metadata;
      found.disk.replace(path, withSuspend(file.text, path, name, how % 2 === 0));
      return `people ${how % 2 === 0 ? 'suspend' : 'unsuspend'} ${name}`;
    },
  },
  tear: {
    weight: 3,
    act(installation, [which, at = 0, forMs = 0]) {
      const found = aFile(installation, which);
      if (found === null) return null;
      const { path, file, disk } = found;
      const whole = file.text;
      // Saved in place: for a while only the beginning is there; or an editor died, and it stays so.
      disk.overwrite(file, whole.slice(0, at % (whole.length + 1)));
      const isMended = forMs % 3 > 0;
      if (isMended) {
        installation.world.kernel.after(forMs % 20_000, () => {
          if (disk.file(path) === file) disk.overwrite(file, whole);
        });
      }
      return `people save ${path} in place, torn at ${at % (whole.length + 1)}${isMended ? ' for now' : ''}`;
    },
  },
  spoil: {
    weight: 2,
    act(installation, [which, how = 0]) {
      const found = aFile(installation, which);
      if (found === null) return null;
      const { path, file } = found;
      const spoilt = [
        () => '',
        () => file.text.replace('"windows"', '"window"'),
        () => file.text.replace(/"name": "[^"]*"/, '"name": "Not A Name"'),
        () => `${file.text}${file.text}`,
        () => '\u0000\u0000\u0000',
      ];
      return save(installation, path, one(spoilt, how)?.() ?? '', `people spoil ${path} (${how % spoilt.length})`);
    },
  },
  removeManifest: {
    weight: 4,
    act(installation, [which]) {
      const found = aFile(installation, which);
      found?.disk.remove(found.path);
      return found && `people delete ${found.path}`;
    },
  },
  removeAll: {
    weight: 0.5,
    act({ world: { machine } }) {
      const files = filesOn(machine.disk);
      for (const file of files) machine.disk.remove(file);
      return files.length === 0 ? null : `people delete all ${files.length} manifests`;
    },
  },
  moveManifest: {
    weight: 2,
    act(installation, [which, where = 0]) {
      const found = aFile(installation, which);
      if (found === null) return null;
      // Over another one, too.
      const target = `${MANIFESTS}/${one([...NAMES, 'moved'], where)}.${where % 3 === 0 ? 'json~' : 'yaml'}`;
      found.disk.rename(found.path, target);
      return `people rename ${found.path} to ${target}`;
    },
  },
  copyManifest: {
    weight: 2,
    act(installation, [which, shape = 0]) {
      const found = aFile(installation, which);
      if (found === null) return null;
      const [name] = parseManifests(found.file.text, found.path).names;
      const text = shape % 2 === 0 || name === undefined ? found.file.text : manifestText(name, shape);
      return save(installation, `${MANIFESTS}/copy.json`, text, `people copy ${found.path} to copy.json`);
    },
  },
  breakLink: {
    weight: 1,
    act(installation, [which, forMs = 0]) {
      const found = aFile(installation, which);
      if (found === null) return null;
      const { path, file, disk } = found;
      disk.breakLink(path);
      installation.world.kernel.after(forMs % 100_000, () => {
        if (disk.isDirectory(MANIFESTS) && disk.isThere(path) && disk.file(path) === null && !disk.isFull) {
          disk.replace(path, file.text);
        }
      });
      return `${path} cannot be read`;
    },
  },
  directoryAway: {
    weight: 1,
    act({ world: { machine, kernel } }, [span, how = 0]) {
      const { disk } = machine;
      if (!disk.isDirectory(MANIFESTS) || disk.isDirectory(ASIDE)) return null;
      const device = disk.deviceOf(MANIFESTS);
      disk.renameDirectory(MANIFESTS, ASIDE);
      const isUnmounted = how % 2 === 0;
      // What is left where something was mounted is empty, and on another device.
      if (isUnmounted) disk.makeDirectory(MANIFESTS, `not ${device}`);
      const ms = one(AWAY_MS, span) ?? 0;
      kernel.after(ms, () => bringBack(disk));
      return `the manifest directory is ${isUnmounted ? 'not mounted' : 'gone'} for ${ms} ms`;
    },
  },
  fillDisk: {
    weight: 2,
    act({ world: { machine, kernel } }, [span]) {
      const ms = one(AWAY_MS, span) ?? 0;
      machine.disk.isFull = true;
      kernel.after(ms, () => {
        machine.disk.isFull = false;
      });
      return `the disk is full for ${ms} ms`;
    },
  },
  removeWork: {
    weight: 0.5,
    act({ world: { machine, kernel } }, [span]) {
      if (!machine.disk.isDirectory(WORK)) return null;
      machine.disk.removeDirectory(WORK);
      kernel.after(one(AWAY_MS, span) ?? 0, () => machine.disk.makeDirectory(WORK));
      return 'the path of the Projects is gone for a while';
    },
  },
};

/** What was saved meanwhile where nothing was mounted is hidden again. */
export const bringBack = (disk: Disk): void => {
  if (disk.isDirectory(ASIDE)) disk.renameDirectory(ASIDE, MANIFESTS);
};
