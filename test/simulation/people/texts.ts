import { API_VERSION, type Spec } from '../../../src/api/manifest.ts';
import type { z } from 'zod';
import { type Random, randomOf } from '../kernel/random.ts';
import { MISSING, WORK } from '../places.ts';

/** Some names begin alike, as tmux looks for sessions by the beginning of their names. */
export const NAMES = ['ant', 'bee', 'cat', 'dog', 'proj-7', 'proj-70'] as const;

type Written = z.input<typeof Spec>;

/** What is written into a manifest: another spec for each number, most of it left to the defaults. */
const specOf = (random: Random, name: string): Written => {
  const sometimes = <T>(rate: number, make: () => T): T | undefined => (random.chance(rate) ? make() : undefined);
  const windows = ['main', 'side', 'more'].slice(0, random.pick([1, 1, 2, 3])).map((window, index) => ({
    name: window,
    command: `run ${window}`,
    logs: random.chance(0.8),
    resumeCommand: sometimes(0.2, () => `resume ${window}`),
    stopCommand: sometimes(0.2, () => random.pick(['exit', ':q!'])),
    restartPolicy: sometimes(0.2, () => random.pick(['Always', 'OnFailure', 'Never'] as const)),
    primary: index === 1 ? sometimes(0.2, () => true) : undefined,
  }));
  const others = NAMES.filter((other) => other < name);
  return {
    path: random.chance(0.95) ? WORK : MISSING,
    queue: sometimes(0.3, () => 'narrow'),
    priority: sometimes(0.2, () => random.int(-1, 3)),
    suspend: sometimes(0.1, () => true),
    dependsOn:
      others.length === 0
        ? undefined
        : sometimes(0.15, () => [
            { project: random.pick(others), condition: random.pick(['Running', 'Complete'] as const) },
          ]),
    session: {
      // Two may want one name.
      name: sometimes(0.2, () => random.pick([...NAMES, 'shared'])),
      windows,
    },
    restartPolicy: sometimes(0.5, () => random.pick(['Always', 'Never'] as const)),
    backoffLimit: sometimes(0.4, () => random.int(0, 3)),
    backoff: sometimes(0.5, () => ({ initialSeconds: random.int(0, 5), maxSeconds: random.int(5, 60) })),
    startDeadlineSeconds: sometimes(0.2, () => random.int(60, 300)),
    activeDeadlineSeconds: sometimes(0.1, () => random.int(5, 300)),
    heartbeat: sometimes(0.3, () => heartbeatOf(random)),
    resumePolicy: sometimes(0.1, () => 'Never' as const),
    conflictPolicy: sometimes(0.5, () => random.pick(['Adopt', 'Replace', 'Fail'] as const)),
    updatePolicy: sometimes(0.4, () => 'Restart' as const),
    preflight: sometimes(0.2, () => preflightOf(random)),
    exitPolicy: sometimes(0.2, () => [
      { exitCodes: [random.int(0, 2)], action: random.pick(['Complete', 'Restart', 'Fail', 'Ignore'] as const) },
    ]),
    terminationGracePeriodSeconds: sometimes(0.5, () => random.int(0, 10)),
    sessionRetentionSeconds: sometimes(0.2, () => random.int(0, 60)),
    ttlSecondsAfterFinished: sometimes(0.1, () => random.int(0, 120)),
  };
};

const heartbeatOf = (random: Random): Written['heartbeat'] => ({
  source: random.pick(['File', 'File', 'Exec', 'Any'] as const),
  command: random.pick(['true', 'true', 'false', 'sleep 20']),
  periodSeconds: random.int(5, 30),
  staleAfterSeconds: random.int(20, 90),
  initialDelaySeconds: random.int(0, 10),
  onStale: random.pick(['Nudge', 'Restart', 'Fail', 'Alert'] as const),
  nudgeText: random.pick(['', 'go on']),
});

const preflightOf = (random: Random): Written['preflight'] => ({
  mode: random.pick(['Enforce', 'Warn', 'Skip'] as const),
  checks: [{ name: 'own', command: random.pick(['true', 'true', 'exit 3', 'sleep 20']), timeoutSeconds: 10 }],
});

/** A manifest of this name; `shape` is what it asks for, the same for the same number. */
export const manifestText = (name: string, shape: number): string =>
  `${JSON.stringify(
    {
      apiVersion: API_VERSION,
      kind: 'Project',
      metadata: { name, annotations: { 'tmuxlet.dev/restartedAt': String(shape % 3) } },
      spec: specOf(randomOf(shape, `spec of ${name}`), name),
    },
    null,
    2,
  )}\n`;

/** Names that people give sessions, to the grief of programs. */
export const NASTY_NAMES = [
  ...NAMES,
  'shared',
  'ant-2',
  'proj',
  '=ant',
  '$0',
  '@1',
  '%2',
  'a b',
  "it's",
  '"quoted"',
  '#{session_id}',
  '-t',
  'новый',
  'x'.repeat(200),
] as const;
