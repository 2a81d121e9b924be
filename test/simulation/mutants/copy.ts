import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a simulation needs of the work tree. */
const COPIED = ['package.json', 'src', 'test/simulation', 'test/helpers'];

export interface Copy {
  readonly path: string;
  readonly remove: () => void;
}

/** A copy of the product and its simulation in a temporary folder. The work tree is only read. */
export const copyOfTree = (): Copy => copyOf(ROOT, null);

/**
 * The same with one mutation, made from a copy and not from the work tree, which somebody may be working in.
 * @throws Error when the text to search for is not in the file exactly once
 */
export const mutantOf = (clean: Copy, mutation: Mutation): Copy => copyOf(clean.path, mutation);

const copyOf = (from: string, mutation: Mutation | null): Copy => {
  const path = mkdtempSync(join(tmpdir(), 'tmuxlet-mutant-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  try {
    for (const each of COPIED) {
      if (existsSync(join(from, each))) cpSync(join(from, each), join(path, each), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    if (mutation !== null) {
      const file = join(path, 'src', mutation.file);
      writeFileSync(file, mutated(readFileSync(file, 'utf8'), mutation));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { path, remove };
};

/** The text of the mutation's file, mutated. */
export const mutated = (text: string, { name, file, search, replacement }: Mutation): string => {
  const [before, after, ...more] = text.split(search);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`mutation ${name}: src/${file} has its text ${more.length + (after === undefined ? 0 : 1)} times`);
  }
  return `${before}${replacement}${after}`;
};
