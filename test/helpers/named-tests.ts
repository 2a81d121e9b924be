import { existsSync, readFileSync } from 'node:fs';

const tests = new URL('../', import.meta.url);

/** What a document says of one test: `file.test.ts`: its title. */
export const testIn = (part: string) => /^`([^`]+\.test\.ts)`: (.+)$/.exec(part);

const TITLE = /\b(?:test|in[A-Z]\w*)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)\s*,/g;

/** The titles of a file's tests; of those made from a template, `…` for what is put in. A skipped test has none. */
export const titlesIn = (file: string): ReadonlySet<string> => {
  const url = new URL(file, tests);
  const source = existsSync(url) ? readFileSync(url, 'utf8') : '';
  const titles = [...source.matchAll(TITLE)].map(([, single, double, template]) => single ?? double ?? template ?? '');
  return new Set(titles.map((title) => title.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1')));
};

/** The tests named in these parts that are not in the file they are said to be in. */
export const missingTests = (parts: readonly string[]): readonly string[] =>
  parts.filter((part) => {
    const [, file = '', title = ''] = testIn(part) ?? [];
    return file !== '' && !titlesIn(file).has(title);
  });
