import type { Ended, RunProgram } from '../../../src/adapters/programs/program.ts';
import type { Life } from '../kernel/life.ts';
import type { Machine } from '../machine/machine.ts';

/** What a simulated command line does: so long it runs, and then it ends so. */
interface Course {
  readonly ms: number;
  readonly code: number;
}

/** The shell of the simulated machine knows `true`, `false`, `exit N`, `sleep SECONDS` and `printf`. */
const courseOf = (line: string): Course | null => {
  const [word = '', argument = ''] = line.split(' ');
  switch (word) {
    case 'true':
    case 'printf':
      return { ms: 0, code: 0 };
    case 'false':
      return { ms: 0, code: 1 };
    case 'exit':
      return { ms: 0, code: Number(argument) };
    case 'sleep':
      return { ms: 1000 * Number(argument), code: 0 };
    default:
      return null;
  }
};

const SILENT = { output: '', stdout: '' };
/** As a shell says of a command that it does not find. */
const NOT_FOUND: Course = { ms: 0, code: 127 };

/** Runs what heartbeats and checks before a start ask for, on the simulated machine. */
export const programsOf =
  ({ life, machine }: { readonly life: Life; readonly machine: Machine }, point: string): RunProgram =>
  async ({ argv, cwd, timeoutMs }) => {
    const isLine = argv[0] === '/bin/sh' && argv[1] === '-c';
    const line = isLine ? (argv[2] ?? '') : argv.join(' ');
    const start = (): Course | Ended => {
      if (!machine.disk.isDirectory(cwd)) return notStarted('ENOENT');
      machine.programsRun.push(line);
      if (machine.areCommandsCalm) return { ms: 0, code: 0 };
      return courseOf(line) ?? (isLine ? NOT_FOUND : notStarted('ENOENT'));
    };
    const course = await life.call(point, { effect: start, fails: [() => new Error('spawn EAGAIN')] });
    if ('how' in course) return course;
    if (course.ms > 0) await new Promise<void>((resolve) => life.clock.after(Math.min(course.ms, timeoutMs), resolve));
    return course.ms > timeoutMs ? { how: 'TimedOut', ...SILENT } : { how: 'Exited', code: course.code, ...SILENT };
  };

const notStarted = (code: string): Ended => ({ how: 'NotStarted', message: `spawn ${code}`, ...SILENT });
