import Anser from 'anser';
import { type Content, html } from '../html.ts';
import { nearestPalette, type Rgb } from './palette.ts';

/** A line longer than this is cut, and of more characters than this only the last are shown. */
const LINE_CHARACTERS = 2_000;
const ALL_CHARACTERS = 100_000;

/** DEC's line drawing, which tmux tells between shift-out and shift-in: the characters from "`" to "~". */
const DRAWN = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';

const drawn = (text: string): string =>
  text.replace(/\x0e([^\x0f]*)\x0f?/g, (_, shifted: string) =>
    shifted.replace(/[`-~]/g, (letter) => DRAWN[letter.charCodeAt(0) - 0x60] ?? letter),
  );

/** Kinds of underline and its colour are more than the parser knows: an underline is an underline. */
const plainUnderline = (text: string): string =>
  text.replace(/\x1b\[58[;:][\d;:]*m/g, '').replace(/\x1b\[([\d;:]*):[\d:]*m/g, '\x1b[$1m');

const shortened = (text: string): string =>
  text
    .slice(-ALL_CHARACTERS)
    .split('\n')
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}\x1b[0m … cut` : line))
    .join('\n');

/** Bold and so on; blinking text stays still. */
const DECORATIONS = new Set(['bold', 'dim', 'italic', 'underline', 'strikethrough']);

const colourClass = (name: string | null, truecolour: string | null, part: 'fg' | 'bg'): string[] => {
  if (name === null) return [];
  if (name !== 'ansi-truecolor') return [`${name}-${part}`];
  if (truecolour === null) return [];
  return [`ansi-palette-${nearestPalette(truecolour.split(',').map(Number) as unknown as Rgb)}-${part}`];
};

const segment = (entry: Anser.AnserJsonEntry): Content => {
  const { content, fg, bg, fg_truecolor, bg_truecolor, decorations } = entry;
  if (content === '') return null;
  // What a terminal conceals must not be told by a page either.
  const text = decorations.includes('hidden') ? content.replace(/\S/g, ' ') : content;
  const classes = [
    ...colourClass(fg, fg_truecolor, 'fg'),
    ...colourClass(bg, bg_truecolor, 'bg'),
    ...(bg === null ? [] : ['ansi-ground']),
    ...new Set(decorations.filter((each) => DECORATIONS.has(each)).map((each) => `ansi-${each}`)),
  ];
  return classes.length === 0 ? text : html`<span class=${classes.join(' ')}>${text}</span>`;
};

/** Text with ANSI escapes as markup: colours are classes of the palette's sheet, other escapes do nothing. */
export const screenMarkup = (text: string): readonly Content[] =>
  Anser.ansiToJson(plainUnderline(drawn(shortened(text))), { use_classes: true }).map(segment);
