import { isDeepStrictEqual } from 'node:util';
import { API_VERSION } from '../api/manifest.ts';
import type { Mismatch, MismatchDecision, StandingMismatch, StateReport } from '../api/mismatch.ts';
import type { Comparison } from '../machines/synchronize/compare.ts';
import { isMending } from '../machines/synchronize/kinds.ts';
import type { Look } from '../machines/synchronize/look.ts';
import { standingAfter } from '../machines/synchronize/standing.ts';
import type { Controller, Outcome } from './loop.ts';
import { archiveDueMs, archiveStateFiles, type ArchiveParts } from './synchronize/archive.ts';
import { compareRecords } from './synchronize/compare-records.ts';
import type { LookParts } from './synchronize/look-around.ts';
import type { Work } from './workqueue.ts';

/** The single key: records are compared all with all. */
export const RECORDS = 'records';

export interface SynchronizerParts extends ArchiveParts {
  /** How often it passes without a hint. */
  readonly intervalMs: number;
  /** False in every kind of dry run. */
  readonly mends: boolean;
  /** Has a Project looked at: whose it is, mends it. */
  readonly wake: (uid: string, why: string) => void;
  readonly wakeManifests: () => void;
}

/** Longest time between two passes that count. */
const COUNT_EVERY_MS = 10_000;
/** Hints lead to one pass in so long: who is concerned is woken by them at once, and has then mended what he can. */
const HINT_DELAY_MS = 1_000;
/** However many records there are, hints make it work for a small part of the time only. */
const REST = 20;

/** What the project controller does about what it is woken for. */
const WAKING: readonly MismatchDecision[] = ['Repair', 'Adopt', 'Resume', 'Stop', 'Rewrite', 'Archive'];

/** Compares all records with each other; tells what disagrees, and has those look at it who mend it. */
export class Synchronizer implements Controller {
  readonly name = 'synchronizer';
  readonly workers = 1;
  readonly #parts: SynchronizerParts;
  #report: StateReport | null = null;
  #tookMs = 0;
  #waiting: PromiseWithResolvers<StateReport>[] = [];

  constructor(parts: SynchronizerParts) {
    this.#parts = parts;
  }

  /** What the last pass found; null before the first. */
  get report(): StateReport | null {
    return this.#report;
  }

  /** How long after a hint the next pass is due. */
  get hintDelayMs(): number {
    return Math.max(HINT_DELAY_MS, REST * this.#tookMs);
  }

  /** What the next pass finds that has not begun yet. */
  next(): Promise<StateReport> {
    const waiting = Promise.withResolvers<StateReport>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  async reconcile({ since }: Pick<Work, 'since'>): Promise<Outcome> {
    const { clock } = this.#parts;
    const began = clock.now().monotonicMs;
    const asked = this.#waiting.splice(0);
    try {
      const { look, found } = await compareRecords(this.#parts, since);
      const standing = this.#tell(look, found);
      this.#report = reportOf(look, found, this.#parts.mends);
      for (const { resolve } of asked) resolve(this.#report);
      this.#wake(found.mismatches);
      return { retry: false, requeueAfterMs: await this.#archive(standing, look.now.wallMs) };
    } catch (error) {
      for (const { reject } of asked) reject(error);
      throw error;
    } finally {
      this.#tookMs = clock.now().monotonicMs - began;
    }
  }

  /** A pass that finds what the last one found writes nothing (I7). */
  #tell(look: Look, found: Comparison): readonly StandingMismatch[] {
    const { store, trace, intervalMs, mends } = this.#parts;
    const before = store.mismatches();
    const at = look.now.wallMs;
    const countEveryMs = Math.min(intervalMs, COUNT_EVERY_MS);
    const { now, events } = standingAfter({ before, found, moving: look.moving, countEveryMs, mending: mends, at });
    if (events.length > 0 || !isDeepStrictEqual(new Set(before), new Set(now))) {
      store.transaction((writes) => {
        writes.replaceMismatches(now);
        for (const event of events) writes.recordEvent(event, at);
      });
    }
    for (const event of events) trace({ trace: 'EventRecorded', event });
    const { mismatches, skipped } = found;
    trace({ trace: 'StateCompared', mismatches, skipped });
    return now;
  }

  #wake(mismatches: readonly Mismatch[]): void {
    const { mends, wake, wakeManifests } = this.#parts;
    for (const mismatch of mismatches) {
      const { type, uid, decision } = mismatch;
      if (!WAKING.includes(decision) || (isMending(mismatch) && !mends)) continue;
      if (uid !== null) wake(uid, `records disagree: ${type}`);
      else if (decision === 'Adopt') wakeManifests();
    }
  }

  /** Archives what is due; returns when to look again: whether what is new was mended, or what is due next. */
  async #archive(standing: readonly StandingMismatch[], at: number): Promise<number | null> {
    const { mends } = this.#parts;
    const dueMs = mends ? standing.map((each) => archiveDueMs(each, at)) : [];
    const due = standing.filter((_, index) => dueMs[index] === 0).map(({ mismatch }) => mismatch);
    if (due.length > 0) await archiveStateFiles(this.#parts, due);
    const later = dueMs.filter((ms) => ms !== null && ms > 0) as number[];
    const isNew = due.length > 0 || standing.some(({ since }) => since === at);
    const moments = [...later, ...(isNew ? [HINT_DELAY_MS] : [])];
    return moments.length === 0 ? null : Math.min(...moments);
  }
}

const reportOf = ({ now }: Look, { mismatches, skipped }: Comparison, mending: boolean): StateReport => ({
  apiVersion: API_VERSION,
  kind: 'StateReport',
  at: now.wallMs,
  mending,
  items: mismatches,
  skipped,
});

/** Looks and compares, and does nothing else (failure 47). */
export const compareOnce = async (parts: LookParts): Promise<StateReport> => {
  const { look, found } = await compareRecords(parts, parts.clock.now().monotonicMs);
  return reportOf(look, found, false);
};
