import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** HTML whose every value is escaped; `dangerouslySetInnerHTML` is used nowhere. */
export { html };
export type Markup = VNode;
export type Content = ComponentChildren;

/**
 * Control characters (but tab and line feed), and those that turn the direction of text around: a terminal or an eye
 * would be deceived by them.
 */
const NASTY = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** U+2400 and on are pictures of the C0 control characters. */
const pictureOf = (character: string): string => {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
};

/** The document as text. Whoever wrote what is in it, no control character leaves the house. */
export const renderDocument = (document: Markup): string =>
  `<!doctype html>\n${renderToString(document).replace(NASTY, pictureOf)}\n`;
