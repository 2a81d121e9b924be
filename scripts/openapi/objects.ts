/** The objects of the API as zod schemas. Each is typed with the type it describes, so that the two cannot part. */
import { z } from 'zod';
import { ACTION_KINDS } from '../../src/api/action.ts';
import { CHECK_RESULTS, CHECKS, type CheckResult } from '../../src/api/check.ts';
import { CONDITION_TYPES } from '../../src/api/condition.ts';
import { COMMAND_VERBS, type Command } from '../../src/api/decision.ts';
import type { Event } from '../../src/api/event.ts';
import { API_VERSION, Spec } from '../../src/api/manifest.ts';
import { END_CAUSES } from '../../src/api/memory.ts';
import { MISMATCH_TYPES, SEVERITIES, SYNC_SOURCES } from '../../src/api/mismatch.ts';
import { ORPHAN_VERDICTS } from '../../src/api/orphan.ts';
import { PHASES } from '../../src/api/phase.ts';
import type { ChannelTest } from '../../src/api/ports/notifier.ts';
import type { ManifestRow } from '../../src/api/ports/store.ts';
import type { Holder } from '../../src/api/ports/world.ts';
import type { ProjectObject } from '../../src/api/project.ts';
import type { PlannedAction } from '../../src/server/control.ts';
import type { Status } from '../../src/server/status.ts';
import type { Description } from '../../src/server/views/description.ts';
import type { NotificationView } from '../../src/server/views/notification.ts';
import type { QueueView } from '../../src/server/views/queue.ts';
import type { SessionView } from '../../src/server/views/session.ts';

const text = z.string();
const whole = z.int();
const time = z.int().describe('Epoch milliseconds.');
const elapsed = z.number().describe('Milliseconds.');
const version = text.describe('Decimal; grows with every change.');

const Now = z.strictObject({ wallMs: time, monotonicMs: elapsed, bootId: text });

const Condition = z
  .strictObject({
    type: z.enum(CONDITION_TYPES),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: text.describe('UpperCamelCase, for machines.'),
    message: text.describe('A sentence, for people.'),
    lastTransitionTime: text.describe('RFC 3339.'),
    observedGeneration: whole,
  })
  .meta({ id: 'Condition' });

const Metadata = z.strictObject({
  name: text,
  labels: z.record(text, text).optional(),
  annotations: z.record(text, text).optional(),
  uid: text,
  generation: whole.optional().describe('Counts changes of spec.'),
  resourceVersion: version.optional(),
  creationTimestamp: text.optional().describe('RFC 3339.'),
  deletionTimestamp: text.optional().describe('RFC 3339; there once deletion was asked for.'),
});

const ProjectStatus = z
  .strictObject({
    phase: z.enum(PHASES),
    reason: text,
    message: text,
    conditions: z.array(Condition),
    socket: text.nullable().describe('Absolute path of the tmux server.'),
    sessionName: text.nullable(),
    sessionId: text.nullable(),
    attempt: whole,
    restarts: whole,
    failures: whole,
    startedAt: time.nullable(),
    nextAttemptAt: time.nullable().describe('Epoch milliseconds; nothing is started before.'),
    observedGeneration: whole,
  })
  .meta({ id: 'ProjectStatus' });

export const Project: z.ZodType<ProjectObject> = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Project'),
    metadata: Metadata,
    spec: Spec.meta({ id: 'ProjectSpec', description: 'As the manifest has it; values of variables are masked.' }),
    status: ProjectStatus,
  })
  .meta({ id: 'Project' });

export const EventObject: z.ZodType<Event> = z
  .strictObject({
    id: whole,
    type: z.enum(['Normal', 'Warning']),
    reason: text,
    message: text,
    object: text.describe('What it is about: Project/web, Session/$4, Controller.'),
    count: whole,
    firstAt: time,
    lastAt: time,
  })
  .meta({ id: 'Event' });

export const CommandObject: z.ZodType<Command> = z
  .strictObject({
    id: text,
    verb: z.enum(COMMAND_VERBS),
    project: text.describe('Empty for the controller itself.'),
    requestedAt: time,
    acknowledgedAt: time.nullable().describe('Null until it was carried out.'),
    result: text.nullable(),
  })
  .meta({ id: 'Command' });

const Check: z.ZodType<CheckResult> = z
  .strictObject({ check: z.enum(CHECKS), name: text, result: z.enum(CHECK_RESULTS), message: text, remedy: text })
  .meta({ id: 'CheckResult' });

const Run = z
  .strictObject({
    uid: text,
    attempt: whole,
    window: text,
    run: whole,
    pid: whole.nullable(),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    exitCode: whole.nullable().describe('As the shell has it: 128 + n for signal n.'),
    lastLines: text.nullable(),
  })
  .meta({ id: 'Run' });

const Attempt = z
  .strictObject({
    uid: text,
    attempt: whole,
    shard: whole,
    sessionName: text.nullable(),
    sessionId: text.nullable(),
    specHash: text,
    resumed: z.boolean(),
    bootId: text,
    server: z.strictObject({ pid: whole, startTicks: whole }).nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    cause: z.enum(END_CAUSES).nullable(),
    runs: z.array(Run),
  })
  .meta({ id: 'Attempt' });

const Heartbeat = z
  .strictObject({
    source: z.enum(['File', 'Activity', 'Exec', 'Any']),
    lastBeatAt: time.nullable(),
    progress: text.nullable(),
    sequence: whole.nullable(),
    stale: z.boolean(),
    extensions: whole,
    maxExtensions: whole,
    deadlineAt: z.number().nullable().describe('Epoch milliseconds.'),
  })
  .meta({ id: 'Heartbeat' });

export const DescriptionObject: z.ZodType<Description> = z
  .strictObject({
    project: Project,
    file: text.describe('Absolute path of the manifest.'),
    manifestError: text.nullable(),
    deletion: z.strictObject({ requestedAt: time, force: z.boolean() }).nullable(),
    attempts: z.array(Attempt).describe('Newest first.'),
    preflight: z.strictObject({ generation: whole, at: time, checks: z.array(Check) }).nullable(),
    heartbeat: Heartbeat.nullable(),
    pendingCommand: CommandObject.nullable(),
    events: z.array(EventObject).describe('Oldest first.'),
  })
  .meta({ id: 'ProjectDescription' });

export const Session: z.ZodType<SessionView> = z
  .strictObject({
    id: text,
    name: text,
    shard: whole,
    socket: text,
    createdAt: time,
    attached: whole,
    windows: z.array(text),
    owner: z.enum(['Ours', 'Foreign', 'None']),
    verdict: z.enum(['Owned', 'Foreign', 'Orphan', ...ORPHAN_VERDICTS]),
    reason: text,
    project: text.nullable(),
    attempt: whole.nullable(),
  })
  .meta({ id: 'Session' });

export const Manifest: z.ZodType<ManifestRow> = z
  .strictObject({
    file: text,
    hash: text,
    names: z.array(text),
    errors: z.array(text),
    readAt: time,
    missing: z.record(text, Now).describe('Projects it declared and no longer does: since when.'),
  })
  .meta({ id: 'Manifest' });

export const Queue: z.ZodType<QueueView> = z
  .strictObject({
    name: text,
    maxConcurrent: whole,
    admitted: z.array(text),
    waiting: z.array(z.strictObject({ project: text, priority: whole, reason: text, message: text })),
  })
  .meta({ id: 'Queue' });

export const Notification: z.ZodType<NotificationView> = z
  .strictObject({
    id: text,
    channel: text,
    state: z.enum(['Pending', 'Retrying', 'Delivered', 'Failed']),
    attempts: whole,
    createdAt: time,
    nextAttemptAt: time.nullable(),
    deliveredAt: time.nullable(),
    error: text.nullable(),
    subject: text,
    text: text,
  })
  .meta({ id: 'Notification' });

export const Lock: z.ZodType<Holder> = z
  .strictObject({
    name: text,
    pid: whole,
    startTicks: whole,
    host: text,
    bootId: text,
    purpose: text,
    since: time,
    token: whole.describe('Grows with every acquisition.'),
    held: z.boolean().describe('False: what a holder left that was killed.'),
  })
  .meta({ id: 'Lock' });

const Mismatch = z
  .strictObject({
    type: z.enum(MISMATCH_TYPES),
    severity: z.enum(SEVERITIES),
    subject: text,
    decision: z.enum(['Repair', 'Adopt', 'Resume', 'Stop', 'KillAfterGrace', 'Archive', 'Rewrite', 'Hold', 'Report']),
    message: text,
    uid: text.nullable(),
  })
  .meta({ id: 'Mismatch' });

export const StateReport = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('StateReport'),
    at: time,
    mending: z.boolean(),
    items: z.array(Mismatch),
    skipped: z.array(z.strictObject({ source: z.enum(SYNC_SOURCES), reason: text })),
  })
  .meta({ id: 'StateReport' });

export const Plan: z.ZodType<PlannedAction> = z
  .strictObject({ project: text, action: z.enum(ACTION_KINDS).nullable(), rule: text, message: text })
  .meta({ id: 'PlannedAction' });

export const AlertTest: z.ZodType<ChannelTest> = z
  .strictObject({ channel: text, error: text.nullable().describe('Null when it was taken.') })
  .meta({ id: 'ChannelTest' });

export const StatusObject: z.ZodType<Status> = z
  .strictObject({
    kind: z.literal('Status'),
    apiVersion: z.literal('v1'),
    status: z.enum(['Success', 'Failure']),
    message: text,
    reason: text,
    code: whole,
    details: z.strictObject({ retryAfterSeconds: whole }).optional(),
  })
  .meta({ id: 'Status', description: "Kubernetes' Status: how a request ended." });

/** Kubernetes' list of one kind. */
export const listOf = (kind: string, item: z.ZodType) =>
  z
    .strictObject({
      apiVersion: z.literal(API_VERSION),
      kind: z.literal(`${kind}List`),
      metadata: z.strictObject({
        resourceVersion: version,
        warnings: z.array(text).describe('What is missing from the list and why.'),
        continue: text.optional().describe('Leads to the next part, where limit cut the list off.'),
        remainingItemCount: whole.optional(),
      }),
      items: z.array(item),
    })
    .meta({ id: `${kind}List` });

const Bookmark = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: text,
  metadata: z.strictObject({ resourceVersion: version }),
});

/** The data of one server-sent event. */
export const watchOf = (kind: string, item: z.ZodType) =>
  z
    .union([
      z.strictObject({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: item }),
      z.strictObject({ type: z.literal('BOOKMARK'), object: Bookmark }),
    ])
    .meta({ id: `${kind}WatchEvent` });
