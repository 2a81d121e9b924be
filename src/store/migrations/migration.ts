/** One step of the schema. Once released its text is frozen: the checksum of every applied one is compared at start. */
export interface Migration {
  /** Counts from 1 without gaps. */
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}
