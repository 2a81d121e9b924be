import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Arena } from './arena.ts';
import { ALL_FAULTS } from './faults/all.ts';
import type { Scene } from './faults/fault.ts';
import { fleetOf } from './fleet.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer/observer.ts';
import { randomOf } from './random.ts';
import { reportOf, type Summary, summaryLine } from './report.ts';
import { storm } from './storm.ts';
import { Supervisor } from './supervisor.ts';
import { nowMs } from './time.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly projects: number;
  readonly stormMs: number;
  readonly pauseMs: number;
  /** Only faults whose kind holds one of these; none for all. */
  readonly only: readonly string[];
  /** This process may mount, and nobody sees it: the state directory gets a small disk of its own. */
  readonly ownMounts: boolean;
  /** Leaves the folder behind, whatever happens. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface ChaosResult {
  readonly report: string;
  readonly line: string;
  readonly ledger: Ledger;
  /** The folder that was kept to be looked at; null when it is removed. */
  readonly kept: string | null;
}

/** How long all may take to be as it should be: at first, and after the storm. */
const START_MS = 120_000;
const SETTLE_MS = 120_000;
/** How often the breaker is asked for, and how long it may put off the end. */
const BREAKER_LOOK_MS = 1_000;
const BREAKER_MS = 400_000;
/** And for so long it must then stay so. */
const STEADY_MS = 3_000;

/** A day in the life of a controller on whose machine everything goes wrong. */
export const chaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { seed, projects, stormMs, ownMounts, say } = options;
  const random = randomOf(seed);
  const loadBefore = loadavg()[0] ?? 0;
  const arena = new Arena();
  if (ownMounts) arena.mountState();
  const fleet = fleetOf(projects, arena.work, arena.beats, random);
  const ledger = new Ledger(arena.history, fleet);
  const flags = ['--max-concurrent', String(projects), '--shard-size', String(Math.ceil(projects * 0.6))];
  const supervisor = new Supervisor(arena, ledger, [...flags, '--state-sync-interval-seconds', '5']);
  const observer = new Observer(arena, ledger);
  const isRoot = process.getuid?.() === 0;
  const scene: Scene = {
    arena,
    ledger,
    supervisor,
    observer,
    fleet,
    isRoot,
    hasOwnDisk: ownMounts,
    taken: new Set(),
  };
  if (!ownMounts) ledger.skipped.set('disk full for a while', 'only root, in mounts of its own, can make a small disk');
  if (!isRoot) ledger.skipped.set('processes of another user', 'only root can start them');
  let settledMs: number | null = null;
  let breaker: { readonly openMs: number; stop(): void } | null = null;
  let isDone = false;
  try {
    for (const { manifest } of fleet) arena.declare(manifest);
    await supervisor.start();
    observer.start();
    say(`seed ${seed}: ${projects} Projects in ${arena.dir}`);
    if ((await settled(observer, () => START_MS, options.signal)) === null) {
      options.signal.throwIfAborted();
      throw new Error(
        `not all Projects run before any fault: ${(await observer.troubles()).join('; ')}; see ${arena.dir}`,
      );
    }
    const wanted = ALL_FAULTS.filter(
      ({ kind }) => options.only.length === 0 || options.only.some((piece) => kind.includes(piece)),
    );
    breaker = watchBreaker(supervisor, ledger);
    const beganAt = nowMs();
    const progress = setInterval(() => {
      const done = [...ledger.injected.values()].reduce((sum, count) => sum + count, 0);
      const open = ledger.open().length;
      say(
        `${Math.round((nowMs() - beganAt) / 1000)} s: ${done} faults, ${ledger.repairs.length} repairs, ` +
          `${open} open, ${ledger.violations.length} violations`,
      );
    }, 10_000);
    try {
      await storm(scene, random.fork(), {
        untilMs: beganAt + stormMs,
        pauseMs: options.pauseMs,
        faults: wanted,
        signal: options.signal,
      });
    } finally {
      clearInterval(progress);
    }
    say('the storm is over');
    ledger.tell('the storm is over');
    settledMs = await settled(observer, () => SETTLE_MS + Math.min(breaker?.openMs ?? 0, BREAKER_MS), options.signal);
    if (settledMs === null && !options.signal.aborted) {
      const troubles = await observer.troubles();
      const open = ledger.open().map(({ key, broken }) => `${key} (${broken?.kind})`);
      ledger.violate('convergence', `after the storm: ${[...troubles, ...open].join('; ')}`);
    }
    isDone = true;
  } finally {
    breaker?.stop();
    await observer.stop();
    supervisor.account();
    supervisor.stop();
    const keep = options.keep || (!isDone && !options.signal.aborted) || ledger.violations.length > 0;
    await arena.end({ keep });
  }
  const summary: Summary = {
    seed,
    projects,
    stormMs,
    settledMs,
    windows: ledger.windows.size,
    looks: observer.looks,
    beats: observer.beats,
    bystanders: observer.bystanders.made,
    controllerLives: supervisor.lives,
    controllerCpuMs: supervisor.cpuMs,
    loadBefore,
    breakerOpenMs: breaker?.openMs ?? 0,
  };
  const isKept = options.keep || ledger.violations.length > 0;
  return {
    report: reportOf(ledger, summary),
    line: summaryLine(ledger, summary),
    ledger,
    kept: isKept ? arena.dir : null,
  };
};

/** While the controller itself says that it holds resumes back, nobody can ask for them; for how long is written down. */
const watchBreaker = (supervisor: Supervisor, ledger: Ledger): { readonly openMs: number; stop(): void } => {
  let release: (() => void) | null = null;
  let openMs = 0;
  const look = async (): Promise<void> => {
    const isOpen = await supervisor.isBreakerOpen();
    if (isOpen) openMs += BREAKER_LOOK_MS;
    if (isOpen === (release !== null)) return;
    ledger.tell(isOpen ? 'the fleet breaker is open' : 'the fleet breaker is closed');
    release?.();
    release = isOpen ? ledger.hold('fleet breaker') : null;
  };
  const timer = setInterval(() => void look(), BREAKER_LOOK_MS);
  return {
    get openMs() {
      return openMs;
    },
    stop: () => clearInterval(timer),
  };
};

/** Waits until nothing is amiss, and stays so for a while. Milliseconds until it began to be so; null: not in time. */
const settled = async (observer: Observer, withinMs: () => number, signal: AbortSignal): Promise<number | null> => {
  const began = nowMs();
  let since: number | null = null;
  while (!signal.aborted && (since !== null || nowMs() - began < withinMs())) {
    const isWell = (await observer.troubles()).length === 0;
    since = isWell ? (since ?? nowMs()) : null;
    if (since !== null && nowMs() - since > STEADY_MS) return since - began;
    await sleep(200);
  }
  return null;
};
