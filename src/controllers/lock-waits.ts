import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../api/decision.ts';
import type { LockPurpose } from '../api/lock.ts';
import type { Store } from '../api/ports/store.ts';
import type { Holder } from '../api/ports/world.ts';
import { type Now, timeText } from '../api/time.ts';
import { waitForLock } from '../machines/project/wait-for-lock.ts';
import type { Outcome } from './loop.ts';
import type { LockParts } from './project-lock.ts';

/** The wait before the next try: doubled with each, up to the longest. */
const FIRST_WAIT_MS = 20;
/** Beyond the horizon of `run --once`, which does not wait for people. */
const LONGEST_WAIT_MS = 6_000;

const told = ({ pid, host, purpose, since }: Holder): string =>
  `pid ${pid} on ${host} (${purpose}) since ${timeText(since)}`;

/** Projects that have met their lock held. Nothing is done meanwhile, and what was asked for stays asked for. */
export class LockWaits {
  readonly #parts: LockParts & { readonly store: Store };
  /** How often in a row each has met it held, and since when. */
  readonly #waits = new Map<string, { readonly tries: number; readonly since: Now }>();

  constructor(parts: LockParts & { readonly store: Store }) {
    this.#parts = parts;
  }

  /** Tells once who is waited for, and when to try again. */
  wait(c: Case, purpose: LockPurpose): Outcome {
    const { uid, name } = c.project;
    const holder = this.#parts.locks.holderOf(name);
    // Nobody who says so: it was only looked at, or is being taken or given back at this moment.
    if (holder?.held) this.#record(c, `${purpose} waits for the lock, held by ${told(holder)}`);
    const { tries, since } = this.#waits.get(uid) ?? { tries: 0, since: this.#parts.clock.now() };
    this.#waits.set(uid, { tries: tries + 1, since });
    return { retry: false, requeueAfterMs: Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) };
  }

  /** It waits no longer, or is gone. Returns since when it had waited; null when it had not. */
  over(uid: string): Now | null {
    const wait = this.#waits.get(uid);
    this.#waits.delete(uid);
    return wait?.since ?? null;
  }

  #record(c: Case, message: string): void {
    const { store, clock, trace } = this.#parts;
    const { uid, resourceVersion, memory: before } = c.project;
    const { memory, events } = waitForLock(c, message);
    if (isDeepStrictEqual(memory, before)) return;
    store.transaction((writes) => {
      writes.setMemory(uid, resourceVersion, memory);
      for (const event of events) writes.recordEvent(event, clock.now().wallMs);
    });
    for (const event of events) trace({ trace: 'EventRecorded', event });
  }
}
