import { globSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';

/**
 * The test files that are meant, relative to `root` and in order. A pattern is the path of a file, or a piece
 * of the path of `test/**\/*.test.ts`; no pattern means all. A pattern that matches nothing is named in
 * `unmatched`, because a run of nothing must not pass.
 */
export function findTestFiles(
  root: string,
  patterns: readonly string[],
): { readonly files: readonly string[]; readonly unmatched: readonly string[] } {
  const all = globSync('test/**/*.test.ts', { cwd: root });
  if (patterns.length === 0) return { files: all.sort(), unmatched: all.length > 0 ? [] : ['test/**/*.test.ts'] };

  const found = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const matching = isFile(resolve(root, pattern))
      ? [relative(root, resolve(root, pattern))]
      : all.filter((file) => file.includes(pattern.replace(/^\.\//, '')));
    if (matching.length === 0) unmatched.push(pattern);
    for (const file of matching) found.add(file);
  }
  return { files: [...found].sort(), unmatched };
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
