/**
 * The last `count` lines of a captured screen as text, without the blank ones below and the blanks at line ends; where
 * there are colours, a blank may be seen.
 */
export const lastLines = (screen: readonly string[], count: number): string => {
  const lines = screen.map((line) => (line.includes('\x1b') ? line : line.trimEnd()));
  const end = lines.findLastIndex((line) => line !== '') + 1;
  return lines.slice(Math.max(0, end - count), end).join('\n');
};
