import type { ProcessIdentity } from '../../api/observation.ts';

/** What a wrapper has written about its run so far. */
export interface Journal {
  /** Null while the journal is empty. */
  readonly wrapper: (ProcessIdentity & { readonly bootId: string }) | null;
  readonly command: ProcessIdentity | null;
  /** HUP or TERM reached the wrapper. */
  readonly signalled: boolean;
  readonly exitCode: number | null;
}

export const emptyJournal: Journal = { wrapper: null, command: null, signalled: false, exitCode: null };

/** Reads a journal; a last line without its end is still being written, and counts as absent. */
export const parseJournal = (text: string): Journal =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .reduce(afterLine, emptyJournal);

const afterLine = (journal: Journal, line: string): Journal => {
  const [word, ...rest] = line.split(' ');
  const [first, second] = rest.map(wholeNumber);
  switch (word) {
    case 'wrapper': {
      const identity = identityOf(first, second);
      return identity === null ? journal : { ...emptyJournal, wrapper: { ...identity, bootId: rest[2] ?? '' } };
    }
    case 'start':
      return { ...journal, command: identityOf(first, second) };
    case 'signal':
      return { ...journal, signalled: true };
    case 'exit':
      return first !== undefined && first <= 255 ? { ...journal, exitCode: first } : journal;
    default:
      return journal;
  }
};

const identityOf = (pid = 0, startTicks = Number.NaN): ProcessIdentity | null =>
  pid > 0 && startTicks >= 0 ? { pid, startTicks } : null;

/** Digits alone, as the wrapper writes them; NaN for all else that a damaged journal may hold. */
const wholeNumber = (word: string): number => (/^\d{1,15}$/.test(word) ? Number(word) : Number.NaN);
