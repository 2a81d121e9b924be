/** A controller's loop, as it is asked at every scrape. */
export interface LoopView {
  readonly name: string;
  /** How many keys are worked on side by side at most. */
  readonly workers: number;
  /** How long each key under way has been with its worker, in milliseconds. */
  readonly unfinishedMs: readonly number[];
}
