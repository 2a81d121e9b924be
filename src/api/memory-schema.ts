import { z } from 'zod';
import { CONDITION_TYPES } from './condition.ts';
import type { HeartbeatMemory } from './heartbeat.ts';
import { END_CAUSES, type Memory, newMemory, STOP_RUNGS } from './memory.ts';
import { PHASES } from './phase.ts';
import type { Now } from './time.ts';

const number = z.number();
const text = z.string();

/** A stored moment. */
export const StoredNow: z.ZodType<Now> = z.object({ wallMs: number, monotonicMs: number, bootId: text });

const Wait = z.object({ since: StoredNow, forMs: number });

const StoredHeartbeat: z.ZodType<HeartbeatMemory> = z.object({
  life: text,
  lastBeat: StoredNow.nullable(),
  marks: z.object({ File: text.optional(), Activity: text.optional() }),
  stale: z.boolean(),
  nudgedAt: StoredNow.nullable(),
});

const Condition = z.object({
  type: z.enum(CONDITION_TYPES),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: text,
  message: text,
  lastTransitionTime: text,
  observedGeneration: number,
});

const StoredMemory: z.ZodType<Memory> = z.object({
  phase: z.enum(PHASES),
  reason: text,
  message: text,
  observedGeneration: number,
  attempt: number,
  restarts: number,
  failures: number,
  notBefore: Wait.nullable(),
  queuedSince: StoredNow.nullable(),
  startingSince: StoredNow.nullable(),
  runningSince: StoredNow.nullable(),
  ranMs: number,
  extensions: number,
  extendedMs: number,
  completedMs: z.array(number),
  heartbeat: StoredHeartbeat.nullable(),
  staleRestarts: number,
  repair: z.object({ since: StoredNow, tries: number, wait: Wait.nullable() }).nullable(),
  stop: z.object({ cause: z.enum(END_CAUSES), rung: z.enum(STOP_RUNGS), since: StoredNow }).nullable(),
  sidecars: z.record(text, z.object({ failures: number, notBefore: Wait.nullable(), countedRun: text.nullable() })),
  countedRun: text.nullable(),
  finishedSince: StoredNow.nullable(),
  fresh: z.boolean(),
  satisfied: z.array(text),
  restartedAt: text.nullable(),
  preflightPassed: number,
  preflightFailures: number,
  preflightJudged: number.nullable(),
  failedSpec: text.nullable(),
  primary: text.nullable(),
  conditions: z.array(Condition),
});

/** Every version has counted attempts: what lacks the number is no old memory but a lost one, and it would be used again. */
const Fields = z.looseObject({ attempt: number });

/**
 * A memory that was stored as JSON. Fields that are newer than what is stored are as in a new memory.
 * Throws a ZodError when it is no memory.
 */
export const readMemory = (stored: unknown): Memory => StoredMemory.parse({ ...newMemory, ...Fields.parse(stored) });
