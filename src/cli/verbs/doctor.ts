import { Command, Option } from 'commander';
import { parseManifests } from '../../adapters/manifests/parse.ts';
import type { CheckResult } from '../../api/check.ts';
import type { ProjectManifest } from '../../api/manifest.ts';
import type { Act } from '../act.ts';
import type { Context, Paint } from '../context.ts';
import { filenameOption } from '../options.ts';
import { objectText } from '../output/format.ts';
import { tableText } from '../output/table.ts';
import { readManifestTexts } from '../sources.ts';

interface Options {
  readonly filename?: readonly string[];
  readonly output?: 'json' | 'yaml';
}

/** One line of the report. */
interface Line {
  /** `machine`, `project/web`, or the manifest that could not be read. */
  readonly name: string;
  readonly check: string;
  readonly result: CheckResult['result'];
  readonly found: string;
  readonly remedy: string;
}

export const doctorCommand = (act: Act): Command =>
  new Command('doctor')
    .description('check the machine, and with -f what the Projects of manifests need; nothing is changed')
    .addOption(filenameOption())
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['json', 'yaml']))
    .action(act(doctor));

const doctor = async (context: Context, { filename, output }: Options): Promise<number> => {
  const { projects, errors } = await read(context, filename ?? []);
  const { examine } = await import('../../main.ts');
  const findings = await examine(context.config, context.io.env, projects);
  const lines: readonly Line[] = [
    ...findings.map(({ project, name, result, message, remedy }) => ({
      name: project === null ? 'machine' : `project/${project}`,
      check: name,
      result,
      found: message,
      remedy,
    })),
    ...errors,
  ];
  if (output === undefined) context.print(tableText([TITLES, ...lines.map((line) => cellsOf(line, context.paint))]));
  else context.print(objectText(lines, output));
  return lines.some(({ result }) => result === 'Fail') ? 1 : 0;
};

const TITLES = ['NAME', 'CHECK', 'RESULT', 'FOUND', 'REMEDY'];

const cellsOf = ({ name, check, result, found, remedy }: Line, paint: Paint): readonly string[] => {
  const colour = { Pass: paint.green, Warn: paint.yellow, Fail: paint.red }[result];
  return [name, check, colour(result), found, remedy];
};

interface Read {
  readonly projects: readonly ProjectManifest[];
  readonly errors: readonly Line[];
}

const read = async ({ io }: Context, filenames: readonly string[]): Promise<Read> => {
  const files = (await readManifestTexts(io, filenames)).map(({ file, text }) => parseManifests(text, file));
  const errors = files.flatMap((file) => file.errors);
  return {
    projects: files.flatMap((file) => file.projects),
    errors: errors.map((found) => ({
      name: 'manifest',
      check: 'manifest',
      result: 'Fail',
      found,
      remedy: 'correct the manifest',
    })),
  };
};
