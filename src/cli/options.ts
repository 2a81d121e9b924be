import { InvalidArgumentError, Option } from 'commander';
import { FORMATS } from './output/format.ts';

/** `-o`, as kubectl has it. */
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print it; a table if not given').choices([...FORMATS]);

export const dryRunOption = (): Option => new Option('--dry-run', 'say what would be done, and do nothing');

/** `-f`, which may be given many times. */
export const filenameOption = (): Option =>
  new Option('-f, --filename <path>', 'a manifest, a directory of them, or - for stdin; many may be given').argParser(
    collect,
  );

/** An option that may be given many times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => {
  if (value === '') throw new InvalidArgumentError('it must not be empty');
  return [...before, value];
};
