import type { BeatMarks, HeartbeatFile, HeartbeatObservation } from '../api/heartbeat.ts';
import { messageOf } from '../api/errors.ts';
import type { RunKey, Runs } from '../api/ports/runs.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock, HeartbeatProbe } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import { absent, present, type Seen, unknown } from '../api/seen.ts';
import type { Tracer } from '../api/trace.ts';
import { type BeatWatch, watchBeats } from '../machines/project/heartbeat/watch.ts';
import { Asking } from './heartbeat-asking.ts';

export interface HeartbeatParts {
  readonly runs: Runs;
  readonly tmux: Tmux;
  readonly probe: HeartbeatProbe;
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly dryRun: boolean;
}

/** The primary's run, and the pane it has; null where that is not known. */
export interface Beating {
  readonly key: RunKey;
  readonly pane: { readonly shard: number; readonly paneId: string } | null;
}

/**
 * Watches over the beats of every Project, from look to look. All of it is in memory: what must survive a
 * restart is in the Project's own memory, and written only when beats are late.
 */
export class Heartbeats {
  readonly #parts: HeartbeatParts;
  readonly #watches = new Map<string, BeatWatch>();
  readonly #asking: Asking;
  readonly #stalled = new Set<string>();

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#asking = new Asking(parts);
  }

  /** One look at the beats of a run. Absent where none are asked for; Unknown where a witness did not answer. */
  async look(row: ProjectRow, beating: Beating | null): Promise<Seen<HeartbeatObservation>> {
    const { heartbeat: spec } = row.spec;
    if (!spec || beating === null) return absent;
    const { key, pane } = beating;
    const asks = (source: string): boolean => spec.source === source || spec.source === 'Any';
    const life = `${key.attempt}/${key.run}`;
    try {
      const [file, activity] = await Promise.all([
        asks('File') ? this.#parts.runs.heartbeat(key) : null,
        asks('Activity') ? this.#activity(pane) : null,
      ]);
      const answeredAt = asks('Exec') ? this.#asking.answer(row, key) : null;
      const now = this.#parts.clock.now();
      const { watch, counts } = watchBeats(
        this.#watches.get(row.uid) ?? null,
        { life, wasRunning: row.memory.runningSince !== null, ...shownBy(file, activity), answeredAt },
        row.memory.heartbeat,
        spec,
        now,
      );
      this.#watches.set(row.uid, watch);
      for (const count of counts) this.#parts.trace({ trace: 'Beats', name: row.name, ...count });
      return present(watch);
    } catch (error) {
      return unknown(`heartbeat could not be read: ${messageOf(error)}`);
    }
  }

  /** What is known of a Project's beats at the moment, for people. */
  of(uid: string): BeatWatch | null {
    return this.#watches.get(uid) ?? null;
  }

  /** How many Projects are Stalled, by what their last passes told. */
  get stalled(): number {
    return this.#stalled.size;
  }

  tell(uid: string, isStalled: boolean): void {
    if (isStalled) this.#stalled.add(uid);
    else this.#stalled.delete(uid);
  }

  forget(uid: string): void {
    this.#watches.delete(uid);
    this.#stalled.delete(uid);
    this.#asking.forget(uid);
  }

  async #activity(pane: Beating['pane']): Promise<string | null> {
    if (pane === null) throw new Error('the pane of its run is not known');
    return this.#parts.tmux.activity(pane.shard, pane.paneId);
  }
}

const shownBy = (file: HeartbeatFile | null, activity: string | null) => {
  const marks: BeatMarks = { ...(file && { File: file.mark }), ...(activity !== null && { Activity: activity }) };
  return { marks, sequence: file?.sequence ?? null, progress: file?.progress ?? null };
};
