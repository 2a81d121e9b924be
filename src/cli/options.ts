import { Option } from 'commander';
import { FORMATS } from './output/format.ts';

/** `-o`, as kubectl has it. */
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print it; a table if not given').choices([...FORMATS]);

export const dryRunOption = (): Option => new Option('--dry-run', 'say what would be done, and do nothing');
