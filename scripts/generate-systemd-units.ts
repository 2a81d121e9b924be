/**
 * Writes deploy/systemd (`npm run systemd-units`): what `tmuxlet install-service` writes for a package that root has
 * installed with npm, in the user's flavour and in the system's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { signed } from '../src/adapters/systemd/unit-files.ts';
import { type Installation, unitsOf } from '../src/adapters/systemd/units.ts';

export const UNITS_FOLDER = new URL('../deploy/systemd/', import.meta.url);

const packaged = {
  // What is below it is written as %h.
  home: '/home/you',
  node: '/usr/bin/node',
  program: '/usr/local/lib/node_modules/tmuxlet/bin/tmuxlet.js',
  tmux: '/usr/bin/tmux',
  shards: 1,
  manifests: null,
  config: null,
};

const flavour = (user: string | null, stateDir: string): Installation => ({
  ...packaged,
  user,
  stateDir,
  tmuxSocket: `${stateDir}/tmux.sock`,
});

export const FLAVOURS: Readonly<Record<'user' | 'system', Installation>> = {
  user: flavour(null, '/home/you/.local/state/tmuxlet'),
  system: flavour('tmuxlet', '/var/lib/tmuxlet'),
};

/** Texts by path below deploy/systemd. */
export const unitTexts = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(FLAVOURS).flatMap(([name, installation]) =>
      Object.entries(unitsOf(installation)).map(([unit, text]) => [`${name}/${unit}`, signed(text)]),
    ),
  );

if (import.meta.main) {
  for (const [path, text] of Object.entries(unitTexts())) {
    mkdirSync(new URL('.', new URL(path, UNITS_FOLDER)), { recursive: true });
    writeFileSync(new URL(path, UNITS_FOLDER), text);
  }
}
