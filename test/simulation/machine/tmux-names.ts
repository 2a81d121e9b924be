/**
 * A session's name as tmux keeps it: dots and colons become `_`, what cannot be shown an escape. Null when it takes
 * none such.
 */
export const sessionNameIn = (name: string): string | null => {
  if (name === '') return null;
  return name.replaceAll(/[.:]/g, '_').replaceAll(/[\\\p{Cc}]/gu, escaped);
};

const SHORT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\x07': '\\a',
  '\v': '\\v',
  '\f': '\\f',
};

const escaped = (character: string): string =>
  SHORT[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
