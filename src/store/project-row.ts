import { z } from 'zod';
import { messageOf } from '../api/errors.ts';
import { Spec } from '../api/manifest.ts';
import type { Memory } from '../api/memory.ts';
import { readMemory } from '../api/memory-schema.ts';
import { PHASES, type Phase } from '../api/phase.ts';
import { Unreadable } from '../api/ports/store.ts';
import type { ProjectRow } from '../api/project.ts';

/** The columns of a Project as they stand in the file. */
export interface StoredProject {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly resourceVersion: number;
  readonly file: string;
  readonly manifestError: string | null;
  readonly createdAt: number;
  readonly deletionRequestedAt: number | null;
  readonly deletionForce: number;
  readonly admittedAt: number | null;
  readonly phase: string;
  readonly satisfied: string;
  readonly labels: string;
  readonly annotations: string;
  readonly spec: string;
  readonly memory: string;
}

/** The phase, whatever its case (failure 6); undefined when there is none like it. */
export const phaseOf = (text: string): Phase | undefined =>
  PHASES.find((phase) => phase.toLowerCase() === text.toLowerCase());

/** A stored spec, with the defaults of fields that are newer than the row. Throws when it is none. */
export const readSpec = (text: string): Spec => Spec.parse(JSON.parse(text));

/** A memory as columns: those that SQL reads, and the rest. */
export const memoryColumns = ({ phase, satisfied, ...memory }: Memory) => ({
  phase,
  satisfied: JSON.stringify(satisfied),
  memory: JSON.stringify(memory),
});

/** @throws Unreadable naming the column that is not what it must be */
export const readProject = (stored: StoredProject): ProjectRow => ({
  uid: stored.uid,
  name: stored.name,
  labels: column(stored, 'labels', readLabels),
  annotations: column(stored, 'annotations', readLabels),
  generation: stored.generation,
  resourceVersion: stored.resourceVersion,
  spec: column(stored, 'spec', readSpec),
  file: stored.file,
  manifestError: stored.manifestError,
  createdAt: stored.createdAt,
  deletion: readDeletion(stored),
  admittedAt: stored.admittedAt,
  memory: readMemoryColumns(stored),
});

const Labels = z.record(z.string(), z.string());
const readLabels = (text: string): Readonly<Record<string, string>> => Labels.parse(JSON.parse(text));

const readDeletion = ({ deletionRequestedAt, deletionForce }: StoredProject): ProjectRow['deletion'] =>
  deletionRequestedAt === null ? null : { requestedAt: deletionRequestedAt, force: deletionForce === 1 };

const Satisfied = z.array(z.string());
const Fields = z.looseObject({});

const readMemoryColumns = (stored: StoredProject): Memory => {
  const phase = column(stored, 'phase', knownPhase);
  const satisfied = column(stored, 'satisfied', (text) => Satisfied.parse(JSON.parse(text)));
  return column(stored, 'memory', (text) => readMemory({ ...Fields.parse(JSON.parse(text)), phase, satisfied }));
};

const knownPhase = (text: string): Phase => {
  const phase = phaseOf(text);
  if (phase === undefined) throw new Error(`"${text.slice(0, 40)}" is no phase`);
  return phase;
};

type TextColumn = 'labels' | 'annotations' | 'spec' | 'phase' | 'satisfied' | 'memory';

const column = <T>(stored: StoredProject, name: TextColumn, read: (text: string) => T): T => {
  try {
    return read(stored[name]);
  } catch (error) {
    throw new Unreadable(`the row of Project ${stored.name} cannot be read: ${name}: ${describe(error)}`);
  }
};

const describe = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    : messageOf(error);
