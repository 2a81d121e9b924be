import { z } from 'zod';

/**
 * What people write: the manifest of a Project, version 1. Kubernetes' names and meanings wherever it
 * has the thing. `schema/project.schema.json` is generated from this file.
 */
export const API_VERSION = 'tmuxlet.dev/v1';

/** People who only edit files ask for a restart by giving this annotation a new value. */
export const RESTARTED_AT_ANNOTATION = 'tmuxlet.dev/restartedAt';

const nameMessage = 'must be a DNS-1123 label: lower-case letters, digits and "-", at most 63, no "-" at either end';

/** DNS-1123 label (RFC 1123, as Kubernetes uses it): tmux would silently change `.` and `:` in other names. */
export const Name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, nameMessage);

/** No process can be given a NUL, nor is there a path with one. */
export const NO_NUL = /^[^\0]*$/;
export const NUL_MESSAGE = 'must not hold a NUL character';
const text = z.string().regex(NO_NUL, NUL_MESSAGE);

const seconds = z.number().nonnegative().finite();
const count = z.number().int().nonnegative();
const Env = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of an environment variable'), text);
const Command = z
  .union([text.min(1), z.array(text).min(1)], 'must be a command line (a string) or an argv (a list of strings)')
  .describe('A string is run by /bin/sh -c; an array is an argv, run as it stands.');

export const RestartPolicy = z.enum(['Always', 'OnFailure', 'Never']);
export type RestartPolicy = z.output<typeof RestartPolicy>;

const Window = z.strictObject({
  name: Name.describe('The tmux window, unique within the session.'),
  command: Command,
  resumeCommand: Command.optional().describe(
    'Run instead of command when the window is started again with its history.',
  ),
  stopCommand: text.min(1).optional().describe('Typed into the window to end it gracefully. Default: Ctrl-C.'),
  cwd: text.min(1).optional().describe('Relative to spec.path. Default: spec.path.'),
  env: Env.optional(),
  primary: z.boolean().optional().describe('Its end decides the Project; exactly one window. Default: the first.'),
  restartPolicy: RestartPolicy.optional().describe("Default: the Project's for the primary, Always for the others."),
  logs: z.boolean().default(true).describe('Keep its output in logs/<project>/<window>.log.'),
});

const Session = z
  .strictObject({
    name: Name.optional().describe('The tmux session. Default: metadata.name.'),
    env: Env.optional(),
    envFile: text.min(1).optional().describe('NAME=value lines, relative to spec.path, read at each start.'),
    windows: z.array(Window).min(1),
  })
  .superRefine((session, context) => {
    const seen = new Set<string>();
    for (const [index, window] of session.windows.entries()) {
      if (seen.has(window.name)) {
        context.addIssue({
          code: 'custom',
          path: ['windows', index, 'name'],
          message: `two windows are named "${window.name}"; give each its own name`,
        });
      }
      seen.add(window.name);
    }
    const primaries = session.windows.flatMap((window, index) => (window.primary ? [index] : []));
    if (primaries[1] !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['windows', primaries[1], 'primary'],
        message: 'a second primary window; exactly one decides when the Project is complete',
      });
    }
  });

const Backoff = z.strictObject({
  initialSeconds: seconds.default(10).describe('The wait from the second failure in a row; doubled with each.'),
  maxSeconds: seconds.default(300),
  resetAfterSeconds: seconds.default(600).describe('A run this long clears status.failures.'),
});

const Heartbeat = z
  .strictObject({
    source: z
      .enum(['File', 'Activity', 'Exec', 'Any'])
      .default('File')
      .describe('File: touch $TMUXLET_HEARTBEAT_FILE.'),
    command: Command.optional().describe('For source Exec: exit code 0 is a beat.'),
    periodSeconds: seconds.default(60),
    staleAfterSeconds: seconds.default(300),
    initialDelaySeconds: seconds.default(0),
    extensionSeconds: seconds
      .default(0)
      .describe('How far fresh beats move activeDeadlineSeconds, each time; within it the next beat must come.'),
    maxExtensions: count.default(0),
    adaptive: z.boolean().default(false).describe('Extend no further than earlier completions took.'),
    onStale: z.enum(['Nudge', 'Restart', 'Fail', 'Alert']).default('Alert'),
    nudgeText: z
      .string()
      .max(1000)
      .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
      .default('')
      .describe('For onStale Nudge: typed into the primary window before Enter.'),
  })
  .refine(({ source, command }) => source !== 'Exec' || command !== undefined, {
    path: ['command'],
    error: 'is required where source is Exec',
  });

const PreflightCheck = z.strictObject({
  name: Name,
  command: Command,
  critical: z.boolean().default(true),
  timeoutSeconds: seconds.default(30),
});

const Preflight = z.strictObject({
  mode: z.enum(['Enforce', 'Warn', 'Skip']).default('Enforce'),
  git: z.enum(['Required', 'Clean', 'Ignore']).default('Ignore').describe('Must spec.path be a git repository?'),
  commands: z.array(z.string().min(1)).default([]).describe('Programs that must be on PATH.'),
  checks: z.array(PreflightCheck).default([]),
});

const ExitRule = z.strictObject({
  exitCodes: z.array(z.number().int().min(0).max(255)).min(1),
  action: z.enum(['Complete', 'Restart', 'Fail', 'Ignore']),
});

const Dependency = z.strictObject({
  project: Name,
  condition: z.enum(['Complete', 'Running']).default('Complete'),
});

export const Spec = z.strictObject({
  path: text
    .min(1)
    .describe('The working directory of every window: absolute, or relative to the folder of the manifest file.'),
  queue: Name.default('default'),
  priority: z.number().int().default(0).describe('The larger number runs first.'),
  dependsOn: z.array(Dependency).default([]),
  suspend: z.boolean().default(false).describe('Stop, and stay out of the queue.'),
  session: Session,
  restartPolicy: RestartPolicy.default('OnFailure'),
  backoffLimit: count.default(6).describe('Failed after more failures than this; no limit with restartPolicy Always.'),
  backoff: Backoff.prefault({}),
  startDeadlineSeconds: seconds.default(900),
  activeDeadlineSeconds: seconds.optional().describe('Running time, summed over attempts.'),
  heartbeat: Heartbeat.optional(),
  resumePolicy: z.enum(['Always', 'Never']).default('Always'),
  conflictPolicy: z.enum(['Rename', 'Adopt', 'Replace', 'Fail']).default('Rename'),
  updatePolicy: z.enum(['OnNextStart', 'Restart']).default('OnNextStart'),
  preflight: Preflight.prefault({}),
  exitPolicy: z.array(ExitRule).default([]).describe('First match wins; asked before restartPolicy.'),
  terminationGracePeriodSeconds: seconds.default(30),
  sessionRetentionSeconds: seconds.default(0).describe('How long the ended session stays to be looked at.'),
  ttlSecondsAfterFinished: seconds.optional().describe('Then the manifest is archived and the Project forgotten.'),
});

const labels = z.record(z.string().min(1), z.string());

const Metadata = z.strictObject({
  name: Name,
  labels: labels.optional(),
  annotations: labels.optional(),
  // Written by the controller; accepted so that `get -o yaml | apply -f -` changes nothing.
  uid: z.string().optional(),
  generation: z.number().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
});

export const ProjectManifest = z.strictObject({
  $schema: z.string().optional(),
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Project'),
  metadata: Metadata,
  spec: Spec,
  status: z.looseObject({}).optional().describe('Written by the controller; ignored in a manifest.'),
});

/** Several Projects in one document; `ProjectList` is what `get -o json` prints. All of its items count, or none. */
export const ManifestList = z.strictObject({
  $schema: z.string().optional(),
  apiVersion: z.literal(API_VERSION),
  kind: z.enum(['List', 'ProjectList']),
  metadata: z.looseObject({}).optional(),
  items: z.array(ProjectManifest),
});

/** What one document of a manifest file may be. */
export const Manifest = z.discriminatedUnion('kind', [ProjectManifest, ManifestList]);

export type ProjectManifest = z.output<typeof ProjectManifest>;
export type ManifestList = z.output<typeof ManifestList>;
export type Spec = z.output<typeof Spec>;
export type WindowSpec = Spec['session']['windows'][number];
export type Command = z.output<typeof Command>;
export type HeartbeatSpec = NonNullable<Spec['heartbeat']>;

/** The window whose end decides the Project: the one marked, else the first. */
export const primaryOf = (spec: Spec): WindowSpec =>
  // The schema demands one window at least.
  spec.session.windows.find((window) => window.primary) ?? (spec.session.windows[0] as WindowSpec);

/** The session's name as the spec asks for it; a conflict may lead to another one. */
export const sessionNameOf = (name: string, spec: Spec): string => spec.session.name ?? name;
