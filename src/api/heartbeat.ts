import type { Now } from './time.ts';

/** What can show a beat: a touch of the run's file, output of its pane, exit 0 of heartbeat.command. */
export const BEAT_SOURCES = ['File', 'Activity', 'Exec'] as const;

export type BeatSource = (typeof BEAT_SOURCES)[number];

/**
 * What a witness last showed, as it tells it: any change of it is a beat, whatever time it names. What Exec
 * shows are beats already.
 */
export interface BeatMarks {
  readonly File?: string | undefined;
  readonly Activity?: string | undefined;
}

/** The last beat of one life: of one run of the primary in one attempt. */
export interface LastBeat {
  /** `attempt/run`: beats of another life count for nothing. */
  readonly life: string;
  /** When it was seen, by our own clock; null when none was seen. */
  readonly lastBeat: Now | null;
  readonly marks: BeatMarks;
}

/**
 * What must survive a restart of the controller about silence. Written when beats are late, and again when
 * they come: beats on time write nothing (I7).
 */
export interface HeartbeatMemory extends LastBeat {
  /** It was told that the beats are stale. */
  readonly stale: boolean;
  /** When the primary's pane was typed into, in this silence; written before the typing. */
  readonly nudgedAt: Now | null;
}

/** The beats of a life as the controller has watched them. */
export interface HeartbeatObservation extends LastBeat {
  /** Since when looks have come without a gap of more than two periods. */
  readonly watchedSince: Now;
  /** From when silence counts; null: from the beginning of the run. */
  readonly silentSince: Now | null;
}

/** What a heartbeat file tells. */
export interface HeartbeatFile {
  /** Changes with each write or touch. */
  readonly mark: string;
  /** Counts the beats of `tmuxlet heartbeat`; null where something else wrote the file. */
  readonly sequence: number | null;
  /** A line for people, at most PROGRESS_LENGTH characters. */
  readonly progress: string | null;
}

export const PROGRESS_LENGTH = 200;
