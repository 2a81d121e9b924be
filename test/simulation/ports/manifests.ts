import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { withoutProject, withSuspend } from '../../../src/adapters/manifests/edited-text.ts';
import { declaringFile, type ManifestEditor } from '../../../src/adapters/manifests/editor.ts';
import { isManifestName } from '../../../src/adapters/manifests/file-names.ts';
import { parseManifests } from '../../../src/adapters/manifests/parse.ts';
import { splitManifests } from '../../../src/adapters/manifests/split.ts';
import { messageOf, UserError } from '../../../src/api/errors.ts';
import type { SpecFile, SpecSource } from '../../../src/api/ports/manifests.ts';
import { present, type Seen, unknown } from '../../../src/api/seen.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';
import { MANIFESTS } from '../places.ts';
import type { Mode } from './tmux-ways.ts';

export const OLD_MANIFESTS = `${STATE_DIR}/archive/manifests`;
const DEVICE_FILE = `${STATE_DIR}/manifest-directory.json`;
const DEADLINE_MS = 10_000;

/** The manifest directory on the simulated disk; texts are read and edited by the product's own functions. */
export const manifestsOf = ({
  life,
  machine: { disk },
  mode = 'Manage',
}: {
  readonly life: Life;
  readonly machine: Machine;
  readonly mode?: Mode;
}): SpecSource & Pick<ManifestEditor, 'setSuspend'> => {
  /** The last good reading of each file. */
  const readings = new Map<string, { readonly text: string; readonly spec: SpecFile }>();
  let device = disk.file(DEVICE_FILE)?.text ?? null;
  let hanging = 0;

  const read = (file: string): SpecFile => {
    const before = readings.get(file);
    const text = disk.file(file)?.text;
    if (text === undefined) return unreadable(file, diskError('ENOENT', file));
    if (before?.text === text) return before.spec;
    const hash = createHash('sha256').update(text).digest('hex');
    const spec = { file, hash, ...parseManifests(text, file) };
    readings.set(file, { text, spec });
    return spec;
  };
  /** The names of the last good reading keep its Projects safe. */
  const unreadable = (file: string, error: Error): SpecFile => {
    const { hash = '', names = [] } = readings.get(file)?.spec ?? {};
    return { file, hash, names, projects: [], errors: [`${file}: cannot be read: ${error.message}`] };
  };
  const remember = (seen: string): void => {
    if (device === seen) return;
    if (mode === 'Manage') disk.replace(DEVICE_FILE, seen);
    device = seen;
  };

  const look = (readFile: (file: string, index: number) => SpecFile): Seen<readonly SpecFile[]> => {
    const files = disk
      .list(MANIFESTS)
      .map((name) => `${MANIFESTS}/${name}`)
      .filter((file) => isManifestName(basename(file)) && !disk.isDirectory(file));
    const seen = disk.deviceOf(MANIFESTS);
    if (files.length > 0) remember(seen);
    else if (device !== null && device !== seen) {
      return unknown(`${MANIFESTS} is empty and on another device than before: is a mount missing?`);
    }
    for (const file of readings.keys()) if (!files.includes(file)) readings.delete(file);
    return present(files.map(readFile));
  };

  const list = async (): Promise<Seen<readonly SpecFile[]>> => {
    if (hanging > 0) return unknown('an earlier reading of the manifest directory hangs');
    try {
      return await life.call('source.list', {
        effect: () => look(read),
        fails: [() => diskError('EIO', MANIFESTS), () => diskError('EMFILE', MANIFESTS)],
        reads: true,
        deadlineMs: DEADLINE_MS,
        timedOut: () => {
          hanging += 1;
          life.clock.after(DEADLINE_MS, () => {
            hanging -= 1;
          });
          return new Error('the manifest directory does not answer');
        },
        // Every other file cannot be read.
        partial: () => look((file, index) => (index % 2 === 0 ? unreadable(file, diskError('EIO', file)) : read(file))),
      });
    } catch (error) {
      return unknown(`the manifest directory cannot be read: ${messageOf(error)}`);
    }
  };

  const edit = (file: string, change: (text: string) => string | null): boolean => {
    const text = asUserError(() => disk.read(file));
    const edited = change(text);
    if (edited === text) return false;
    asUserError(() => (edited === null ? disk.remove(file) : disk.replace(file, edited)));
    return true;
  };
  const refuses = [
    () => new UserError('ENOSPC: no space left on device'),
    () => new UserError(`${MANIFESTS} was saved by somebody else meanwhile; try again`),
  ];

  return {
    list,

    onHint(listener) {
      const stop = disk.watch(MANIFESTS, () => {
        if (life.isAlive) life.hint('source.hint', () => listening && listener());
        else stop();
      });
      let listening = true;
      return () => {
        listening = false;
        stop();
      };
    },

    async archive(file, name) {
      const owner = declaringFile(name, await list(), file);
      if (owner === undefined) return;
      const copy = (): void => {
        const text = asUserError(() => disk.read(owner.file));
        const manifest = splitManifests(text, owner.file).find((single) => single.name === name);
        if (manifest === undefined) return;
        asUserError(() => {
          disk.makeDirectory(OLD_MANIFESTS);
          disk.replace(`${OLD_MANIFESTS}/${name}.${life.clock.now().wallMs}.${manifest.format}`, manifest.text);
        });
      };
      await life.call('source.archive', { effect: copy, fails: refuses });
      await life.call('source.takeOut', {
        effect: () => void edit(owner.file, (text) => withoutProject(text, owner.file, name)),
        fails: refuses,
      });
    },

    setSuspend: (file, name, suspend) =>
      life.call('source.setSuspend', {
        effect: () => edit(file, (text) => withSuspend(text, file, name, suspend)),
        fails: refuses,
      }),
  };
};

const asUserError = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new UserError(messageOf(error));
  }
};
