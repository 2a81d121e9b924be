import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { type Token, type Tokens, lexer, walkTokens } from 'marked';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the documents');
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Document {
  /** Relative to the top of the clone. */
  readonly file: string;
  readonly links: readonly string[];
  /** What can stand behind `#`, as GitHub makes it of headings. */
  readonly anchors: ReadonlySet<string>;
}

const read = (file: string): Document => {
  const links: string[] = [];
  const anchors = new Set<string>();
  const slugger = new GithubSlugger();
  void walkTokens(lexer(readFileSync(join(root, file), 'utf8')), (token) => {
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href);
    if (token.type === 'heading') anchors.add(slugger.slug(textOf((token as Tokens.Heading).tokens)));
    if (token.type === 'html')
      links.push(...[...token.raw.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to = '']) => to));
  });
  return { file, links, anchors };
};

/** The words of a heading without what makes them bold, code or links. */
const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => ('tokens' in token && token.tokens ? textOf(token.tokens) : (token as Tokens.Text).text))
    .join('');

const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)))
  .map(read);

const problemOf = (from: string, link: string): string | null => {
  // The world outside is not for a test to ask.
  if (/^[a-z]+:/.test(link)) return null;
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? from : relative(root, resolve(root, dirname(from), path));
  if (!existsSync(join(root, target))) return `${from}: ${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  const known = documents.find(({ file }) => file === target)?.anchors.has(anchor);
  return known ? null : `${from}: ${link}: ${target} has no heading of that name`;
};

test('every link between them leads to a file, and to a heading in it', () => {
  const links = documents.flatMap(({ file, links }) => links.map((link) => [file, link] as const));
  assert.ok(links.length > 100);
  assert.equal(
    links.flatMap(([file, link]) => problemOf(file, link) ?? []),
    [],
  );
});

test('every page is in the index, once', () => {
  const index = documents.find(({ file }) => file === 'docs/README.md')?.links ?? [];
  // A folder has an index of its own.
  const pages = readdirSync(join(root, 'docs'), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return existsSync(join(root, 'docs', entry.name, 'README.md')) ? [`${entry.name}/README.md`] : [];
    return entry.name.endsWith('.md') && entry.name !== 'README.md' ? [entry.name] : [];
  });
  assert.equal(
    pages.map((page) => [page, index.filter((link) => link === page).length]).filter(([, count]) => count !== 1),
    [],
  );
});

test('every page in a folder of pages is in the index of that folder', () => {
  for (const { file, links } of documents.filter((each) => /^docs\/[^/]+\/README\.md$/.test(each.file))) {
    const pages = readdirSync(join(root, dirname(file))).filter((name) => name.endsWith('.md') && name !== 'README.md');
    assert.equal(
      pages.filter((page) => !links.some((link) => link.split('#')[0] === page)),
      [],
      file,
    );
  }
});

test.run();
