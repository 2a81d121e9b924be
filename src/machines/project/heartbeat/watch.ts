import type { BeatMarks, BeatSource, HeartbeatMemory, HeartbeatObservation } from '../../../api/heartbeat.ts';
import type { HeartbeatSpec } from '../../../api/manifest.ts';
import { elapsedMs, type Now } from '../../../api/time.ts';
import { leastGapMs, periodMs } from './times.ts';

/** Output this soon after we typed into the pane is the echo of that, and no sign of life (failure 57). */
export const ECHO_MS = 2000;

/** No writer makes us count more than this in one look. */
const MOST_BEATS = 10_000;

/** The beats of one life, as far as they were watched: kept in memory, moved on by every look. */
export interface BeatWatch extends HeartbeatObservation {
  readonly lookedAt: Now;
  /** The nudge whose echo has been passed over. */
  readonly echoOf: Now | null;
  readonly sequence: number | null;
  readonly progress: string | null;
}

/** What one look saw. */
export interface BeatLook {
  readonly life: string;
  /** The run was seen running before: without a memory of it, what its beats did so far is not known. */
  readonly wasRunning: boolean;
  readonly marks: BeatMarks;
  readonly sequence: number | null;
  readonly progress: string | null;
  /** When heartbeat.command last ended with 0; null when it has not. */
  readonly answeredAt: Now | null;
}

export interface BeatCount {
  readonly source: BeatSource;
  readonly beats: number;
  /** Those that came too fast to count. */
  readonly limited: number;
}

const begin = (look: BeatLook, memory: HeartbeatMemory | null, spec: HeartbeatSpec, now: Now): BeatWatch => {
  const fresh = { life: look.life, watchedSince: now, lookedAt: now, echoOf: null, sequence: null, progress: null };
  if (memory?.life === look.life) {
    return { ...fresh, lastBeat: memory.lastBeat, silentSince: memory.lastBeat, marks: memory.marks };
  }
  // A file that is there at the first look at a new run was touched by it; of panes that is not known.
  if (!look.wasRunning)
    return { ...fresh, lastBeat: null, silentSince: null, marks: { Activity: look.marks.Activity } };
  // No file, no beat: then the silence is known to be as long as the run.
  const neverBeat = spec.source === 'File' && look.marks.File === undefined;
  return { ...fresh, lastBeat: null, silentSince: neverBeat ? null : now, marks: look.marks };
};

/** How many beats the writer of the file has counted since the last look; one where it does not count. */
const written = (before: BeatWatch, look: BeatLook): number => {
  const more = look.sequence === null || before.sequence === null ? 1 : look.sequence - before.sequence;
  return Math.min(Math.max(1, more), MOST_BEATS);
};

/**
 * Moves a watch on by one look. Each change of a mark is a beat, stamped with `now`: the time that a file or tmux
 * names for it is compared with nothing. A look after a gap of more than two periods begins the watching anew.
 */
export const watchBeats = (
  known: BeatWatch | null,
  look: BeatLook,
  memory: HeartbeatMemory | null,
  spec: HeartbeatSpec,
  now: Now,
): { readonly watch: BeatWatch; readonly counts: readonly BeatCount[] } => {
  const before = known?.life === look.life ? known : begin(look, memory, spec, now);
  const nudgedAt = memory?.life === look.life ? memory.nudgedAt : null;
  const echo = nudgedAt !== null && before.echoOf?.monotonicMs !== nudgedAt.monotonicMs;
  const sinceLook = elapsedMs(before.lookedAt, now);
  const sinceBeat = before.lastBeat === null ? null : elapsedMs(before.lastBeat, now);

  const count = (source: BeatSource, found: number): BeatCount => {
    const tooSoon = sinceBeat !== null && sinceBeat < leastGapMs(spec);
    const beats = tooSoon ? 0 : Math.min(found, Math.max(1, Math.floor(sinceLook / leastGapMs(spec))));
    return { source, beats, limited: found - beats };
  };
  const changed = (source: keyof BeatMarks): boolean =>
    look.marks[source] !== undefined && look.marks[source] !== before.marks[source];

  const touched = changed('File') ? [count('File', written(before, look))] : [];
  const printed = changed('Activity') && !echo ? [count('Activity', 1)] : [];
  const seen = [...touched, ...printed].some(({ beats }) => beats > 0) ? now : before.lastBeat;
  // An answer was stamped when it came, which may have been before this look.
  const answered = isLater(look.answeredAt, before.lastBeat);
  const lastBeat = isLater(look.answeredAt, seen) ? look.answeredAt : seen;

  return {
    watch: {
      life: look.life,
      watchedSince: sinceLook > 2 * periodMs(spec) ? now : before.watchedSince,
      silentSince: lastBeat ?? before.silentSince,
      lastBeat,
      marks: { ...before.marks, ...look.marks },
      lookedAt: now,
      echoOf: echo && elapsedMs(nudgedAt, now) >= ECHO_MS ? nudgedAt : before.echoOf,
      sequence: look.sequence ?? before.sequence,
      progress: look.progress ?? before.progress,
    },
    counts: [...touched, ...printed, ...(answered ? [{ source: 'Exec', beats: 1, limited: 0 } as const] : [])],
  };
};

const isLater = (candidate: Now | null, than: Now | null): boolean =>
  candidate !== null && (than === null || elapsedMs(than, candidate) > 0);
