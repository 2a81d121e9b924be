import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { type ManifestDirectory, openManifestDirectory } from '../../src/adapters/manifests/manifest-directory.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { manifestsConform } from './manifests.ts';
import { manifestsOf, OLD_MANIFESTS } from '../simulation/ports/manifests.ts';
import { MANIFESTS } from '../simulation/places.ts';
import { calmLife } from './calm-life.ts';

manifestsConform('in a real directory', () => {
  const folder = temporaryFolder();
  const directory = join(folder.path, 'm');
  const archive = join(folder.path, 'archive');
  const deviceFile = join(folder.path, 'device.json');
  const opened: ManifestDirectory[] = [];
  const pathOf = (file: string): string => join(directory, file);
  const takeDirectoryAway = (): void => rmSync(directory, { recursive: true });
  const makeDirectory = (): void => mkdirSync(directory);
  makeDirectory();
  return {
    open() {
      const source = openManifestDirectory(directory, { archive, deviceFile, clock: systemClock() });
      opened.push(source);
      return source;
    },
    pathOf,
    save: (file, text) => writeFileSync(pathOf(file), text),
    delete: (file) => rmSync(pathOf(file)),
    breakLink(file) {
      rmSync(pathOf(file));
      symlinkSync('/nowhere', pathOf(file));
    },
    textOf: (file) => (existsSync(pathOf(file)) ? readFileSync(pathOf(file), 'utf8') : null),
    takeDirectoryAway,
    makeDirectory,
    unmount() {
      takeDirectoryAway();
      makeDirectory();
      // As the file would be had the manifests been on a disk that is not mounted now.
      const remembered = JSON.parse(readFileSync(deviceFile, 'utf8'));
      writeFileSync(deviceFile, JSON.stringify({ ...remembered, device: '0' }));
    },
    archived: () =>
      existsSync(archive) ? readdirSync(archive).map((file) => readFileSync(join(archive, file), 'utf8')) : [],
    until: async (check) => void (await eventually(check, { withinMs: 10_000 })),
    async remove() {
      for (const source of opened) await source.close();
      folder.remove();
    },
  };
});

manifestsConform('in a simulated directory', () => {
  const { kernel, machine, life, driven } = calmLife();
  const { disk } = machine;
  const pathOf = (file: string): string => `${MANIFESTS}/${file}`;
  disk.makeDirectory(MANIFESTS);
  return {
    open: () => driven(manifestsOf({ life, machine })),
    pathOf,
    save: (file, text) => disk.replace(pathOf(file), text),
    delete: (file) => disk.remove(pathOf(file)),
    breakLink: (file) => disk.breakLink(pathOf(file)),
    textOf: (file) => disk.file(pathOf(file))?.text ?? null,
    takeDirectoryAway: () => disk.removeDirectory(MANIFESTS),
    makeDirectory: () => disk.makeDirectory(MANIFESTS),
    unmount() {
      disk.removeDirectory(MANIFESTS);
      disk.makeDirectory(MANIFESTS, 'another');
    },
    archived: () =>
      disk.isDirectory(OLD_MANIFESTS)
        ? disk.list(OLD_MANIFESTS).map((file) => disk.read(`${OLD_MANIFESTS}/${file}`))
        : [],
    async until(check) {
      for (let waited = 0; !check() && waited < 100; waited += 1) await kernel.run(100);
      if (!check()) throw new Error('not within 10 s');
    },
    remove: async () => {},
  };
});
