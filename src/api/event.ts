/** Kubernetes' Event: something happened to an object, with a reason; repeats are counted. */
export interface Event {
  readonly id: number;
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase, for machines. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
  /** What it is about: `Project/web`, `Session/$4`, `Manifest/web.json`, `Queue/default`, `Controller`. */
  readonly object: string;
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  /** Epoch milliseconds. */
  readonly lastAt: number;
}

/** An event as a decision states it, before the store has numbered and counted it. */
export type NewEvent = Pick<Event, 'type' | 'reason' | 'message' | 'object'>;
