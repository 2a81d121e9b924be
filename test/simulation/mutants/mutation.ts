/** A fault put into the product on purpose, to see whether it is found out. */
export interface Mutation {
  /** Unique; words with dashes. */
  readonly name: string;
  /** What is broken, in one sentence. */
  readonly breaks: string;
  /** Below `src/`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replacement: string;
  /** The invariant that should be violated first, for whoever reads; any other that catches it is as good. */
  readonly expected: `I${number}`;
  /** Kinds of steps without which it cannot be found out: they happen more often in its runs. */
  readonly often?: readonly string[];
  /** Bad weather is at these points alone: one of those in `fronts.ts`. */
  readonly weather?: string;
}
