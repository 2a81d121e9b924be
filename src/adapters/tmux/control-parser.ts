/** What a control client (`tmux -C`) writes, in its two kinds. */
export type ControlMessage =
  /** The answer to one command. */
  | { readonly kind: 'Block'; readonly lines: readonly string[]; readonly failed: boolean }
  /** Something happened in the server; `name` as tmux has it, without the `%`. */
  | { readonly kind: 'Notification'; readonly name: string };

/**
 * Cuts the stream of a control client into messages. A block ends only with the very guard it began with
 * (time, number, flags), so that a captured screen that shows another control client's output does no harm.
 */
export const controlParser = (emit: (message: ControlMessage) => void): ((chunk: string) => void) => {
  let rest = '';
  let guard: string | null = null;
  let lines: string[] = [];

  const take = (line: string): void => {
    if (guard !== null) {
      const failed = line === `%error ${guard}`;
      if (!failed && line !== `%end ${guard}`) return void lines.push(line);
      emit({ kind: 'Block', lines, failed });
      guard = null;
      lines = [];
    } else if (line.startsWith('%begin ')) {
      guard = line.slice('%begin '.length);
    } else if (line.startsWith('%')) {
      emit({ kind: 'Notification', name: line.slice(1).split(' ', 1)[0] ?? '' });
    }
  };

  return (chunk) => {
    const whole = (rest + chunk).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) take(line);
  };
};
