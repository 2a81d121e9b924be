import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  contrast,
  GROUND,
  nearestPalette,
  paletteColour,
  paletteSheet,
  readable,
  type Rgb,
} from '../../src/server/ui/ansi/palette.ts';
import { screenMarkup } from '../../src/server/ui/ansi/screen.ts';
import { html, renderDocument } from '../../src/server/ui/html.ts';
import { maskingOf } from '../../src/server/ui/masking.ts';
import { manifestOf } from '../helpers/store.ts';

const test = suite('screens of the status page');

const ESC = '\x1b';
const shown = (text: string): string =>
  renderDocument(html`<pre>${screenMarkup(text)}</pre>`)
    .replace('<!doctype html>\n<pre>', '')
    .replace('</pre>\n', '');

test('colours of a terminal become classes, and no style', () => {
  assert.is(shown(`a ${ESC}[31mred${ESC}[0m b`), 'a <span class="ansi-red-fg">red</span> b');
  assert.is(
    shown(`${ESC}[1;92;44mx`),
    '<span class="ansi-bright-green-fg ansi-blue-bg ansi-ground ansi-bold">x</span>',
  );
  assert.is(shown(`${ESC}[38;5;208mx`), '<span class="ansi-palette-208-fg">x</span>');
  assert.is(shown(`${ESC}[7mx`), '<span class="ansi-black-fg ansi-white-bg ansi-ground">x</span>');
});

test('any of sixteen million colours becomes the nearest of the palette', () => {
  assert.is(shown(`${ESC}[38;2;255;135;0mx`), '<span class="ansi-palette-208-fg">x</span>');
  assert.is(shown(`${ESC}[48;2;9;9;9mx`), '<span class="ansi-palette-232-bg ansi-ground">x</span>');
  for (let index = 16; index < 256; index++) {
    const colour = paletteColour(index);
    assert.equal(paletteColour(nearestPalette(colour)), colour, `${index}`);
  }
});

test('every kind of underline is one, and its colour is left out', () => {
  assert.is(shown(`${ESC}[4:3m${ESC}[58;5;1mx`), '<span class="ansi-underline">x</span>');
  assert.is(shown(`${ESC}[58:2::1:2:3mx`), 'x');
});

test('what a terminal conceals is not told either', () => {
  assert.is(shown(`${ESC}[8msecret word${ESC}[28m!`), `${' '.repeat(11)}!`);
});

test('lines that are drawn by shifted letters are lines', () => {
  assert.is(shown('\x0elqk\x0f lqk'), '┌─┐ lqk');
});

test('text that would be markup is text', () => {
  const hostile = `</pre><script>alert(1)</script><img src=x onerror="alert(1)">&lt;${ESC}[31m"'><b>`;
  const text = shown(hostile);
  assert.not.match(text, /<(?!span |\/span)/);
  assert.match(text, '&lt;script>alert(1)&lt;/script>');
  assert.match(text, '&amp;lt;');
});

test('no escape leads anywhere: links, titles, cursor and unfinished ones are shown or left out', () => {
  const text = shown(
    `${ESC}]8;;javascript:alert(1)${ESC}\\link${ESC}]8;;${ESC}\\ ${ESC}]0;title\x07 ${ESC}[2J${ESC}[10;10Hend ${ESC}[`,
  );
  assert.not.match(text, /<a|href/);
  assert.not.match(text, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  assert.match(text, '␛]8;;javascript:alert(1)␛\\link');
  assert.match(text, 'end');
});

test('control characters and those that turn text around are made visible', () => {
  assert.is(shown('a\0b\x07c\x7fd\x9be\u202etxt.exe\u2069'), 'a␀b␇c␡d�e�txt.exe�');
});

test('a line of ten megabytes, or of nothing but escapes, takes no longer than a moment', () => {
  for (const text of [
    'x'.repeat(10_000_000),
    `${ESC}[1m`.repeat(2_500_000),
    `${ESC}[`.repeat(5_000_000),
    `${ESC}[4:`.repeat(2_500_000),
    '\x0e'.repeat(10_000_000),
    `${ESC}[58;`.repeat(2_000_000),
  ]) {
    const begun = performance.now();
    const markup = shown(text);
    assert.ok(
      performance.now() - begun < 500,
      `${performance.now() - begun} ms of ${JSON.stringify(text.slice(0, 6))}`,
    );
    assert.ok(markup.length < 1_000_000);
  }
});

test('every colour can be read as text on the ground of the screen', () => {
  const colours = [...paletteSheet().matchAll(/^\.ansi-[a-z0-9-]+-fg\{color:#([0-9a-f]{6})\}/gm)];
  assert.is(colours.length, 256);
  for (const [rule, hex = ''] of colours) {
    const colour = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
    assert.ok(contrast(colour, GROUND) >= 4.5, rule);
  }
  assert.equal(readable([255, 255, 255]), [255, 255, 255]);
});

test('secrets that the spec brings are masked in what windows print, other values are not', () => {
  const { spec } = manifestOf('web', {
    session: {
      env: { API_TOKEN: 'hunter2', MODE: 'production', PIN_KEY: '12' },
      windows: [{ name: 'main', command: 'x', env: { DB_PASSWORD: 'hunter2-long' } }],
    },
  });
  const mask = maskingOf(spec);
  assert.is(mask('in production: hunter2-long, hunter2, 12'), 'in production: ***, ***, 12');
  assert.is(mask('AWS_KEY=abc https://me:pw@host/'), 'AWS_KEY=*** https://***@host/');
});

test.run();
