import { type FieldConfig, MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/** What pictures are drawn on. */
const GROUND = [0x18, 0x1b, 0x1f];

/** A colour of so much opacity on the ground, which hides what is below it all the same. */
export const onGround = (color: string, opacity: number): string => {
  if (!/^#[0-9a-f]{6}$/.test(color)) return color;
  const mixed = GROUND.map((ground, index) => {
    const part = Number.parseInt(color.slice(1 + 2 * index, 3 + 2 * index), 16);
    return Math.round(part * opacity + ground * (1 - opacity));
  });
  return `rgb(${mixed.join(' ')})`;
};

/** Grafana's colours by name, as its dark theme has them. */
const COLORS: Readonly<Record<string, string>> = {
  green: '#73bf69',
  'dark-green': '#37872d',
  'super-light-green': '#c8f2c2',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  'light-blue': '#8ab8ff',
  purple: '#b877d9',
  text: '#ccccdc',
  transparent: 'transparent',
};

/** What lines are drawn in where nothing says otherwise: Grafana's classic palette. */
const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#705da0',
  '#37872d',
  '#fade2a',
];

export const colorOf = (name: string): string => COLORS[name] ?? name;
export const paletteColor = (index: number): string => PALETTE[index % PALETTE.length] ?? '#ccccdc';

const TIMES = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

const rounded = (value: number, decimals: number | undefined): string =>
  decimals === undefined
    ? String(Number(value.toPrecision(3)))
    : value.toFixed(Number.isInteger(value) && decimals > 2 ? 0 : decimals);

/** The largest unit that is not above the value, and the value in it. */
const scaled = (
  value: number,
  units: readonly (readonly [name: string, size: number])[],
  decimals?: number,
): string => {
  const [name, size] = units.find(([, size]) => Math.abs(value) >= size) ?? units.at(-1) ?? ['', 1];
  return `${rounded(value / size, decimals)}${name}`;
};

const duration = (seconds: number): string => {
  const [name, size] = TIMES.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  const count = Math.floor(Math.abs(seconds) / size);
  return `${count} ${name}${count === 1 ? '' : 's'}${seconds < 0 ? ' ago' : ''}`;
};

const SECONDS = [
  [' hours', 3600],
  [' mins', 60],
  [' s', 1],
  [' ms', 1e-3],
  [' µs', 1e-6],
] as const;
const BYTES = [
  [' GiB', 2 ** 30],
  [' MiB', 2 ** 20],
  [' KiB', 2 ** 10],
  [' B', 1],
] as const;

/** Of what a value of this unit is written in multiples: round numbers are round in these. */
export const sizeOf = (value: number, unit: string | undefined): number => {
  const sizes: readonly (readonly [string, number])[] = unit === 's' ? SECONDS : unit === 'bytes' ? BYTES : [];
  return sizes.find(([, size]) => Math.abs(value) >= size)?.[1] ?? 1;
};

/** The units that our dashboards use, as Grafana writes them. */
const UNITS: Readonly<Record<string, (value: number, decimals?: number) => string>> = {
  short: (value, decimals) =>
    scaled(
      value,
      [
        [' Mil', 1e6],
        [' K', 1e3],
        ['', 1],
      ],
      decimals,
    ),
  percentunit: (value, decimals) => `${rounded(value * 100, decimals)}%`,
  ops: (value, decimals) => `${rounded(value, decimals)} ops/s`,
  s: (value, decimals) => (value === 0 ? '0 s' : scaled(value, SECONDS, decimals)),
  bytes: (value, decimals) => scaled(value, BYTES, decimals),
  dtdurations: duration,
};

const mappingOf = (value: number, mappings: readonly ValueMapping[] = []) =>
  mappings
    .map((mapping) => (mapping.type === MappingType.ValueToText ? mapping.options[String(value)] : undefined))
    .find(Boolean);

/** A value as it is written, with the colour that says how well it is. */
export const written = (value: number, config: FieldConfig): { readonly text: string; readonly color: string } => {
  const mapping = mappingOf(value, config.mappings);
  const step = config.thresholds?.steps.findLast((each) => value >= (each.value ?? -Infinity));
  const format = UNITS[config.unit ?? ''];
  if (format === undefined) throw new Error(`nothing here writes the unit ${config.unit}`);
  return {
    text: mapping?.text ?? format(value, config.decimals),
    color: colorOf(mapping?.color ?? step?.color ?? 'transparent'),
  };
};
