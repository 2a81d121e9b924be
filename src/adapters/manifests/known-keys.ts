import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** The step in a document from a parent to a child: a key of a map, or an index of a list. */
export type Step = string | number;

/** A schema without what only says that a value may be missing. */
const bare = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? bare(schema.unwrap())
    : schema;

/** The keys that the schema knows at a place in the document; none where any key is welcome. */
export const knownKeys = (schema: unknown, path: readonly Step[]): readonly string[] => {
  const here = bare(schema);
  const [step, ...rest] = path;
  if (here instanceof z.ZodObject) {
    return step === undefined ? Object.keys(here.shape) : knownKeys(here.shape[step], rest);
  }
  return here instanceof z.ZodArray && step !== undefined ? knownKeys(here.element, rest) : [];
};

/** The candidate that a misspelt word most likely meant, if one is near enough. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const lower = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, away: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best !== undefined && best.away <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
};
