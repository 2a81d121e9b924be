/** Characters that a terminal obeys and people do not see, but for the end of a line. */
const HIDDEN = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** A text with what is hidden in it written out, as `\u001b`: what others have written may be shown to people. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
