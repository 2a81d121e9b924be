/** Which invariant does not hold, and how. */
export interface Breach {
  readonly invariant: string;
  readonly message: string;
}

/** An invariant that does not hold. */
export class Violation extends Error implements Breach {
  override readonly name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(message);
    this.invariant = invariant;
  }
}
