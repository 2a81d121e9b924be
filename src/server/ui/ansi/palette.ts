/** sRGB, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The terminal's own ground, in either scheme: programs choose their colours for a dark one. */
export const GROUND: Rgb = [17, 21, 28];
const INK: Rgb = [215, 220, 227];

/** The sixteen that programs call by name, as classes name them. */
const NAMED: Readonly<Record<string, Rgb>> = {
  black: [40, 46, 56],
  red: [240, 113, 120],
  green: [134, 196, 117],
  yellow: [226, 184, 92],
  blue: [108, 160, 243],
  magenta: [203, 140, 225],
  cyan: [96, 196, 204],
  white: [208, 213, 220],
  'bright-black': [134, 143, 156],
  'bright-red': [255, 150, 154],
  'bright-green': [166, 219, 148],
  'bright-yellow': [243, 208, 130],
  'bright-blue': [146, 187, 255],
  'bright-magenta': [223, 173, 240],
  'bright-cyan': [137, 220, 226],
  'bright-white': [246, 248, 250],
};

/** xterm's cube of 6 x 6 x 6, and its 24 greys. */
const LEVELS = [0, 95, 135, 175, 215, 255] as const;
const CUBE_BEGIN = 16;
const GREY_BEGIN = 232;

const levelOf = (index: number): number => LEVELS[index] ?? 0;
const greyOf = (index: number): number => 8 + 10 * index;

export const paletteColour = (index: number): Rgb => {
  if (index >= GREY_BEGIN) {
    const grey = greyOf(index - GREY_BEGIN);
    return [grey, grey, grey];
  }
  const cube = index - CUBE_BEGIN;
  return [levelOf(Math.floor(cube / 36)), levelOf(Math.floor(cube / 6) % 6), levelOf(cube % 6)];
};

const distance = (a: Rgb, b: Rgb): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;

const nearestLevel = (value: number): number => {
  const next = LEVELS.findIndex((level) => level >= value);
  return next > 0 && value - levelOf(next - 1) < levelOf(next) - value ? next - 1 : next;
};

/** The colour of xterm's palette that is nearest to any colour. */
export const nearestPalette = (colour: Rgb): number => {
  const [red, green, blue] = colour.map(nearestLevel) as [number, number, number];
  const cube = CUBE_BEGIN + 36 * red + 6 * green + blue;
  const mean = (colour[0] + colour[1] + colour[2]) / 3;
  const grey = GREY_BEGIN + Math.min(23, Math.max(0, Math.round((mean - 8) / 10)));
  return distance(paletteColour(grey), colour) < distance(paletteColour(cube), colour) ? grey : cube;
};

const luminance = (colour: Rgb): number => {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** WCAG's contrast of two colours, 1 to 21. */
export const contrast = (a: Rgb, b: Rgb): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

/** WCAG AA. */
const READABLE = 4.5;

/** The colour itself where it can be read on the ground, else the first on the way to white that can. */
export const readable = (colour: Rgb): Rgb => {
  for (let share = 0; share < 1; share += 0.05) {
    const lifted = colour.map((value) => Math.round(value + (255 - value) * share)) as unknown as Rgb;
    if (contrast(lifted, GROUND) >= READABLE) return lifted;
  }
  return [255, 255, 255];
};

const hex = (colour: Rgb): string => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

interface Shades {
  /** As text on our ground. */
  readonly text: Rgb;
  /** As text on a ground that the program has chosen: what it meant. */
  readonly onGround: Rgb;
  readonly ground: Rgb;
}

const rules = (name: string, { text, onGround, ground }: Shades): string =>
  `.ansi-${name}-fg{color:${hex(text)}}.ansi-ground.ansi-${name}-fg{color:${hex(onGround)}}` +
  `.ansi-${name}-bg{background:${hex(ground)}}\n`;

/** On a ground of this luminance both black and white can be read. */
const BETWEEN = 0.179;

const darkened = (colour: Rgb): Rgb => {
  for (let share = 1; share > 0; share -= 0.01) {
    const dark = colour.map((value) => Math.round(value * share)) as unknown as Rgb;
    if (luminance(dark) <= BETWEEN) return dark;
  }
  return [0, 0, 0];
};

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Programs put black or white on a named colour: both are to be read there. */
const namedShades = (name: string, colour: Rgb): Shades => {
  const text = readable(colour);
  if (name === 'black') return { text, onGround: BLACK, ground: colour };
  if (name.endsWith('white')) return { text, onGround: WHITE, ground: colour };
  return { text, onGround: colour, ground: darkened(colour) };
};

const paletteShades = (colour: Rgb): Shades => ({ text: readable(colour), onGround: colour, ground: colour });

/** The style sheet of every class that a screen can have. */
export const paletteSheet = (): string => {
  const palette = Array.from({ length: 256 - CUBE_BEGIN }, (_, index) => CUBE_BEGIN + index);
  return [
    `.screen{background:${hex(GROUND)};color:${hex(INK)}}\n`,
    ...Object.entries(NAMED).map(([name, colour]) => rules(name, namedShades(name, colour))),
    ...palette.map((index) => rules(`palette-${index}`, paletteShades(paletteColour(index)))),
  ].join('');
};
