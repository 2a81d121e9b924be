import type { ProjectRow } from '../../src/api/project.ts';
import type { Trace } from '../../src/api/trace.ts';
import type { Chronicle } from './chronicle.ts';
import { completionWasSeen, deletionIsConfirmed } from './invariants/completion.ts';
import { converges } from './invariants/convergence.ts';
import { failuresWait, serverDeathIsNoFailure, vanishingCounts, waitsAreKept } from './invariants/counting.ts';
import { timeIsBounded } from './invariants/deadlines.ts';
import { Declared } from './invariants/declared.ts';
import { endsCountOnce } from './invariants/ends.ts';
import { endsHaveEvidence, goneIsGone, terminalStays } from './invariants/evidence.ts';
import { takenOverIsSilent } from './invariants/fencing.ts';
import { intentFirst } from './invariants/intent.ts';
import { underLock } from './invariants/locks.ts';
import { manifestsDecide } from './invariants/manifests.ts';
import { goneWhenLetGo, orphansHaveTime } from './invariants/orphans.ts';
import { foreignLeftAlone } from './invariants/ownership.ts';
import { backsOff, noHotLoop } from './invariants/patience.ts';
import { rehearsalsOnlyLook } from './invariants/rehearsals.ts';
import { withinRoom } from './invariants/room.ts';
import { type Judge, type Scene, Truth } from './invariants/scene.ts';
import { silence } from './invariants/silence.ts';
import { oneSession, oneTree } from './invariants/single.ts';
import { lostIsAdopted, namesAreKept, startsInWaves } from './invariants/starts.ts';
import { everythingTold } from './invariants/told.ts';
import { Violation } from './violation.ts';

export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  readonly judge: (scene: Scene) => Judge;
}

/** Every invariant as a sentence, with what checks it. */
export const INVARIANTS: readonly Invariant[] = [
  { name: 'I1', sentence: 'At most one live session is a Project’s.', judge: oneSession },
  { name: 'I1', sentence: 'At most one live process tree is of one of its windows.', judge: oneTree },
  {
    name: 'I2',
    sentence: 'A session without our tag is not killed, renamed or typed into, and tagged only by policy or evidence.',
    judge: foreignLeftAlone,
  },
  { name: 'I1', sentence: 'What changes a session is done under its Project’s lock.', judge: underLock },
  { name: 'I1', sentence: 'A controller that was taken over writes no more.', judge: takenOverIsSilent },
  { name: 'I1', sentence: 'A Project whose record was lost is not made a second time.', judge: lostIsAdopted },
  { name: 'I1', sentence: 'A Project is let go when nothing of it lives.', judge: goneWhenLetGo },
  {
    name: 'I3',
    sentence:
      'An orphan is not killed too young, at first sight, or while something may claim it or somebody looks at it.',
    judge: orphansHaveTime,
  },
  { name: 'I3', sentence: 'No attempt ends as gone while its session lives.', judge: goneIsGone },
  {
    name: 'I3',
    sentence: 'No Project is Completed or Failed by its primary’s end while that runs.',
    judge: endsHaveEvidence,
  },
  {
    name: 'I4',
    sentence: 'What is done to a session was committed before, a start as it was committed; keys are typed once.',
    judge: intentFirst,
  },
  { name: 'I4', sentence: 'A start that is tried again keeps its name.', judge: namesAreKept },
  { name: 'I5', sentence: 'Every kill, end of an attempt, adoption and failure has an event.', judge: everythingTold },
  {
    name: 'I6',
    sentence: 'A spec is one that somebody wrote, and only what is missing from the manifests is deleted.',
    judge: manifestsDecide,
  },
  { name: 'I6', sentence: 'No Project is deleted for a moment’s absence of its manifest.', judge: deletionIsConfirmed },
  { name: 'I8', sentence: 'No key is reconciled in a hot loop.', judge: noHotLoop },
  { name: 'I8', sentence: 'A primary that fails again and again is started after its back-off.', judge: backsOff },
  { name: 'I8', sentence: 'A wait ends by time, or for a reason.', judge: waitsAreKept },
  { name: 'I8', sentence: 'Each failure in a row waits longer than the one before.', judge: failuresWait },
  { name: 'I8', sentence: 'The end of a run counts once.', judge: endsCountOnce },
  { name: 'I8', sentence: 'A session that vanishes counts as a failure.', judge: vanishingCounts },
  { name: 'I8', sentence: 'What goes with its tmux server counts as none.', judge: serverDeathIsNoFailure },
  { name: 'I9', sentence: 'Starts come in waves.', judge: startsInWaves },
  { name: 'I9', sentence: 'No session is started beyond the room of its queue.', judge: withinRoom },
  { name: 'I11', sentence: 'Completed and Failed are left only for a reason.', judge: terminalStays },
  { name: 'I11', sentence: 'Completed rests on an exit code that was there.', judge: completionWasSeen },
  { name: 'I12', sentence: 'After faults stop, the world is as declared within bounded time.', judge: converges },
  { name: 'I12', sentence: 'Nobody runs on when his time is over.', judge: timeIsBounded },
  { name: 'I13', sentence: 'A dry run only looks.', judge: rehearsalsOnlyLook },
  { name: 'I7', sentence: 'What has converged is silent.', judge: silence },
];

/** All judges of a run. What is found between two steps of the kernel is told at the next one. */
export class Bench {
  readonly #scene: Scene;
  readonly #chronicle: Chronicle;
  readonly #judges: readonly (readonly [Invariant, Judge])[];
  #rows = new Map<string, ProjectRow>();
  #isLost = false;
  /** As of which the rows are known. */
  #version = '';
  #deeds = 0;
  #revision = -1;
  #blamed: Violation | null = null;

  constructor(scene: Omit<Scene, 'truth' | 'declared'>, chronicle: Chronicle) {
    const truth = new Truth(scene.world);
    this.#scene = { ...scene, truth, declared: new Declared(scene.world) };
    this.#chronicle = chronicle;
    this.#judges = INVARIANTS.map((invariant) => [invariant, invariant.judge(this.#scene)] as const);
  }

  /** The first that is to blame. */
  blame(violation: Violation): void {
    this.#blamed ??= violation;
  }

  told(trace: Trace): void {
    this.#ask((judge) => judge.told?.(trace));
  }

  /** To be called in the moment of a commit. */
  committed(): void {
    const { reader } = this.#scene.installation;
    if (reader === null) return this.#lose();
    this.#scene.declared.wereRead(reader.manifests());
    const { poisoned, edits } = this.#scene.installation;
    // Each write of a row takes a revision, but for those of people.
    const version = `${reader.revision()} ${edits}`;
    if (version === this.#version) return;
    this.#version = version;
    // A row that cannot be read is not gone.
    const unread = new Set(poisoned.size === 0 ? [] : reader.quarantined().map(({ uid }) => uid));
    const now = new Map(reader.projects().map((row) => [row.uid, row] as const));
    const before = this.#rows;
    for (const [uid, row] of before) if (unread.has(uid)) now.set(uid, row);
    this.#rows = now;
    for (const uid of new Set([...before.keys(), ...now.keys()])) {
      const change = { before: before.get(uid) ?? null, after: now.get(uid) ?? null, isLost: this.#isLost };
      if (change.before !== change.after) this.#ask((judge) => judge.committed?.(change, reader));
    }
    this.#isLost = false;
  }

  #lose(): void {
    this.#isLost = true;
    this.#version = '';
    this.#scene.declared.forget();
  }

  /** @throws Violation */
  look(): void {
    const { machine } = this.#scene.world;
    for (const deed of machine.ledger.slice(this.#deeds)) {
      this.#scene.truth.note(deed);
      if (deed.who !== 'machine') this.#chronicle.add(deed.who, deedLine(deed));
      this.#ask((judge) => judge.deed?.(deed));
    }
    this.#deeds = machine.ledger.length;
    if (machine.revision !== this.#revision) {
      this.#revision = machine.revision;
      this.#ask((judge) => judge.always?.());
    }
    if (this.#blamed !== null) throw this.#blamed;
  }

  /** What is not yet as it should be; null when all is. */
  trouble(): string | null {
    for (const [, judge] of this.#judges) {
      const trouble = judge.converged?.() ?? null;
      if (trouble !== null) return trouble;
    }
    return null;
  }

  expectSilence(): void {
    for (const [, judge] of this.#judges) judge.rests?.();
  }

  /** @throws Violation */
  checkSilence(): void {
    this.#ask((judge) => judge.rested?.());
    if (this.#blamed !== null) throw this.#blamed;
  }

  #ask(question: (judge: Judge) => string | null | undefined): void {
    if (this.#blamed !== null) return;
    for (const [{ name, sentence }, judge] of this.#judges) {
      const answer = question(judge) ?? null;
      if (answer !== null) return this.blame(new Violation(name, `${answer}\n  (${name}: ${sentence})`));
    }
  }
}

const deedLine = ({ act, session, process, detail }: Scene['world']['machine']['ledger'][number]): string => {
  const place = session ? ` ${session.socket} ${session.id} "${session.name}" ${session.uid.slice(0, 8)}` : '';
  const victim = process ? ` pid ${process.pid} ${process.window ?? ''}` : '';
  return `${act}${place}${victim} ${detail}`;
};
