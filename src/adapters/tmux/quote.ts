/**
 * The three languages a text passes through on its way into tmux. Each function makes a text that its
 * reader turns back into exactly what was given.
 */

/**
 * A word of tmux's own command language. In double quotes only these and control characters are special, and a
 * `~` right after the opening quote.
 */
export const quoteForTmux = (text: string): string =>
  `"${text.replace(/["\\$]/g, '\\$&').replace(/[\x01-\x1f\x7f~]/g, octal)}"`;

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;

/** A text that tmux expands as a format: `-c`, `-n` and the like. A `#` is doubled, but for those before `[`. */
export const literalFormat = (text: string): string =>
  text.replace(/#+(\[?)/g, (hashes, bracket) => (bracket ? hashes : hashes + hashes));

/** As `literalFormat`, where tmux has strftime expand the text first: the command of pipe-pane. */
export const literalTimeFormat = (text: string): string => literalFormat(text).replaceAll('%', '%%');

/** A word for /bin/sh. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
