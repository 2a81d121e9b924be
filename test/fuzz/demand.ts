import { randomInt } from 'node:crypto';
import type { Fuzz } from './fuzz.ts';

/** For tests: so many cases, and all named ones. @throws with what was found, and how to see it again */
export const demandFuzz = async (input: Fuzz, cases: number): Promise<void> => {
  const { failure } = await input.run({ cases, seed: randomInt(2 ** 31) });
  if (failure === null) return;
  const { seed, path, counterexample, message } = failure;
  const replay = path === null ? '' : ` --path ${path}`;
  throw new Error(`${message}\n${counterexample}\nagain: npm run fuzz -- --only ${input.name} --seed ${seed}${replay}`);
};
