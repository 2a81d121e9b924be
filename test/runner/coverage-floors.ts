import { relative, sep } from 'node:path';

interface Count {
  readonly total: number;
  readonly covered: number;
}

/** As c8's json-summary has it: a file's absolute path, or `total`, and its counts. */
export type CoverageSummary = Readonly<Record<string, { readonly lines: Count; readonly branches: Count }>>;

/** What must be covered of a folder, in percent. */
const FLOORS: Readonly<Record<string, { readonly lines: number; readonly branches: number }>> = {
  'src/machines': { lines: 95, branches: 90 },
  'src/controllers': { lines: 95, branches: 90 },
  'src/store': { lines: 95, branches: 90 },
};

export interface FolderCoverage {
  readonly folder: string;
  readonly lines: number;
  readonly branches: number;
}

/** Nothing to cover is covered whole. */
const percent = (counts: readonly Count[]): number => {
  const sum = (key: keyof Count): number => counts.reduce((all, count) => all + count[key], 0);
  return sum('total') === 0 ? 100 : (100 * sum('covered')) / sum('total');
};

/** The coverage of each folder directly below src/, files summed up; files of src/ itself are a folder of that name. */
export const byFolder = (summary: CoverageSummary, root: string): readonly FolderCoverage[] => {
  const files = Object.entries(summary).filter(([file]) => file !== 'total');
  const folderOf = (file: string): string => relative(root, file).split(sep).slice(0, 2).join('/');
  const named = files.map(([file, counts]) => {
    const folder = folderOf(file);
    return { folder: folder.endsWith('.ts') ? 'src' : folder, counts };
  });
  return [...Map.groupBy(named, ({ folder }) => folder)]
    .map(([folder, found]) => ({
      folder,
      lines: percent(found.map(({ counts }) => counts.lines)),
      branches: percent(found.map(({ counts }) => counts.branches)),
    }))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
};

/** One sentence for each floor that is not reached; a folder of which nothing was loaded reaches none. */
export const shortfalls = (folders: readonly FolderCoverage[]): readonly string[] =>
  Object.entries(FLOORS).flatMap(([folder, floors]) => {
    const found = folders.find((each) => each.folder === folder);
    if (found === undefined) return [`${folder}: nothing of it was loaded by any test`];
    return (['lines', 'branches'] as const)
      .filter((kind) => found[kind] < floors[kind])
      .map(
        (kind) => `${folder}: ${found[kind].toFixed(2)} % of its ${kind} are covered, ${floors[kind]} % are asked for`,
      );
  });
