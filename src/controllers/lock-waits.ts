import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../api/decision.ts';
import type { LockPurpose } from '../api/lock.ts';
import type { Store } from '../api/ports/store.ts';
import type { Holder } from '../api/ports/world.ts';
import { waitForLock } from '../machines/project/wait-for-lock.ts';
import type { Outcome } from './loop.ts';
import type { LockParts } from './project-lock.ts';

/** The wait before the next try: doubled with each, up to the longest. */
const FIRST_WAIT_MS = 20;
/** Beyond the horizon of `run --once`, which does not wait for people. */
const LONGEST_WAIT_MS = 6_000;

const told = ({ pid, host, purpose, since }: Holder): string =>
  `pid ${pid} on ${host} (${purpose}) since ${new Date(since).toISOString()}`;

/** Projects that have met their lock held. Nothing is done meanwhile, and what was asked for stays asked for. */
export class LockWaits {
  readonly #parts: LockParts & { readonly store: Store };
  /** How often in a row each has met it held. */
  readonly #tries = new Map<string, number>();

  constructor(parts: LockParts & { readonly store: Store }) {
    this.#parts = parts;
  }

  /** Tells once who is waited for, and when to try again. */
  wait(c: Case, purpose: LockPurpose): Outcome {
    const { uid, name } = c.project;
    const holder = this.#parts.locks.holderOf(name);
    // Nobody who says so: it was only looked at, or is being taken or given back at this moment.
    if (holder?.held) this.#record(c, `${purpose} waits for the lock, held by ${told(holder)}`);
    const tries = this.#tries.get(uid) ?? 0;
    this.#tries.set(uid, tries + 1);
    return { retry: false, requeueAfterMs: Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) };
  }

  /** It waits no longer, or is gone. */
  over(uid: string): void {
    this.#tries.delete(uid);
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
