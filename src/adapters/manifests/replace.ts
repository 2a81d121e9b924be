import { parse } from 'yaml';
import { columnOf, locate, splice } from './locate.ts';
import { PARSE_OPTIONS } from './parse.ts';
import { type Format, type SingleManifest, textAs } from './split.ts';

/** The text with one of its Projects replaced by a new manifest of the same name; the others stay untouched. */
export const replaceProject = (text: string, single: SingleManifest, format: Format): string => {
  const located = locate(text, single.name);
  if (located === undefined || (located.alone && located.list === null)) return textAs(single, format);
  const { list, span, project } = located;
  if (list === null) {
    const mark = text.startsWith('---', span.from) ? '---\n' : '';
    return splice(text, span, `${mark}${textAs(single, 'yaml').trimEnd()}\n`);
  }
  const [from, to] = project.range;
  const end = text[to - 1] === '\n' ? '\n' : '';
  const lines = project.flow
    ? JSON.stringify(parse(single.text, PARSE_OPTIONS), null, 2)
    : textAs(single, 'yaml').trimEnd();
  const margin = project.flow ? indentOf(text, from) : ' '.repeat(columnOf(text, from));
  return splice(text, { from, to }, lines.replace(/\n(?=.)/g, `\n${margin}`) + end);
};

/** The blanks that the line of an index begins with. */
const indentOf = (text: string, index: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', index - 1) + 1))?.[0] ?? '';
