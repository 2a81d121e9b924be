import { messageOf } from '../api/errors.ts';
import type { RunKey } from '../api/ports/runs.ts';
import type { Clock, HeartbeatProbe } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import { elapsedMs, type Now } from '../api/time.ts';
import { periodMs } from '../machines/project/heartbeat/times.ts';

export interface AskingParts {
  readonly probe: HeartbeatProbe;
  readonly clock: Clock;
  readonly dryRun: boolean;
}

/** The questions to one life, so that an answer about another one is nobody's. */
interface Inquiry {
  readonly life: string;
  askedAt: Now | null;
  underWay: boolean;
  answeredAt: Now | null;
  /** Why the last question could not be asked at all. */
  trouble: string | null;
}

/**
 * Runs heartbeat.command once a period beside the loop, one at a time a Project: a command that hangs takes no
 * worker from the others (I10, failure 64), and is killed when its period is over.
 */
export class Asking {
  readonly #parts: AskingParts;
  readonly #inquiries = new Map<string, Inquiry>();

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  /** When the command last ended with 0 in this life; a new one is begun when it is due. Throws when it cannot be run. */
  answer(row: ProjectRow, key: RunKey): Now | null {
    const inquiry = this.#inquiryOf(row.uid, `${key.attempt}/${key.run}`);
    this.#ask(row, key, inquiry);
    if (inquiry.trouble !== null) throw new Error(inquiry.trouble);
    return inquiry.answeredAt;
  }

  forget(uid: string): void {
    this.#inquiries.delete(uid);
  }

  #inquiryOf(uid: string, life: string): Inquiry {
    const known = this.#inquiries.get(uid);
    if (known?.life === life) return known;
    const fresh: Inquiry = { life, askedAt: null, underWay: false, answeredAt: null, trouble: null };
    this.#inquiries.set(uid, fresh);
    return fresh;
  }

  #ask(row: ProjectRow, key: RunKey, inquiry: Inquiry): void {
    const { probe, clock, dryRun } = this.#parts;
    const { heartbeat } = row.spec;
    if (dryRun || inquiry.underWay || heartbeat?.command === undefined) return;
    const now = clock.now();
    // A look may come a moment before the period is over: the next one would be a whole period later.
    const period = periodMs(heartbeat);
    if (inquiry.askedAt !== null && elapsedMs(inquiry.askedAt, now) < 0.9 * period) return;
    inquiry.askedAt = now;
    // Not awaited: the pass goes on.
    void this.#await(inquiry, probe.ask(row, key, period));
  }

  async #await(inquiry: Inquiry, answer: Promise<boolean>): Promise<void> {
    inquiry.underWay = true;
    try {
      if (await answer) inquiry.answeredAt = this.#parts.clock.now();
      inquiry.trouble = null;
    } catch (error) {
      inquiry.trouble = `heartbeat.command could not be run: ${messageOf(error)}`;
    } finally {
      inquiry.underWay = false;
    }
  }
}
