import fc from 'fast-check';
import { markerIn, UID_MARKER } from '../../src/adapters/processes/marker.ts';
import { parseStat } from '../../src/adapters/processes/stat.ts';
import { same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';

/** A command's name has at most 15 bytes, and any but NUL. */
const command = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 15 }),
  fc
    .array(fc.constantFrom(')', '(', ' ', ') S 1 2 3', '\n', '\t', '1', 'Z'), { maxLength: 8 })
    .map((words) => words.join('')),
);

const pid = fc.integer({ min: 1, max: 4_194_304 });

interface Line {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly ppid: number;
  readonly startTicks: number;
}

export const statLines: Fuzz = fuzz<Line>({
  name: 'stat-lines',
  claim: 'a process is read right from /proc, whatever it calls itself',
  share: 10,
  arbitrary: fc.record({
    pid,
    command,
    state: fc.constantFrom('R', 'S', 'D', 'Z', 'T', 'X', 'I'),
    ppid: fc.nat({ max: 4_194_304 }),
    startTicks: fc.nat(),
  }),
  open: () => ({
    check: ({ pid, command, state, ppid, startTicks }) => {
      const numbers = Array.from({ length: 52 - 22 }, (_, index) => index);
      const before = [ppid, 7, 8, 34816, 9, 4194304, 1, 2, 3, 4, 5, 6, 7, 8, 20, 0, 1, 0];
      const line = `${pid} (${command}) ${state} ${[...before, startTicks, ...numbers].join(' ')}\n`;
      const { cpuTicks, image: _, ...stat } = parseStat(line) ?? { cpuTicks: 0, image: null };
      same(stat, { pid, ppid, state, group: 7, terminal: 34816, foreground: 9, startTicks }, 'the stat');
      same(cpuTicks, 5 + 6 + 7 + 8, 'the time on a CPU');
    },
  }),
});

export const statGarbage: Fuzz = fuzz<string>({
  name: 'stat-garbage',
  claim: 'what is no line of /proc/PID/stat is no process',
  share: 4,
  examples: ['', ')', '1 (a', '1 (a) ', `1 (a) S${' 9'.repeat(60)}`, ') '.repeat(50_000)],
  arbitrary: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(fc.constantFrom('1', '-1', ')', '(', 'S', '1e9', '', '.5', 'NaN'), { maxLength: 60 })
      .map((all) => all.join(' ')),
  ),
  open: () => ({
    check: (line) => {
      const stat = parseStat(line);
      if (stat === null) return;
      const { pid, ppid, startTicks, cpuTicks } = stat;
      for (const number of [pid, ppid, startTicks, cpuTicks]) same(Number.isSafeInteger(number), true, `${number}`);
      if (pid < 1 || startTicks < 0) throw new Error(`pid ${pid}, started at ${startTicks}`);
    },
  }),
});

export const environments: Fuzz = fuzz<readonly string[]>({
  name: 'process-environments',
  claim: 'a process belongs to a Project only by a variable of its own, and by the first of that name',
  share: 6,
  arbitrary: fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
      fc.constantFrom(
        'TMUXLET_UID=a',
        'XTMUXLET_UID=b',
        'TMUXLET_UID',
        'A=TMUXLET_UID=c',
        'TMUXLET_UID=',
        '=TMUXLET_UID=d',
      ),
    ),
    { maxLength: 6 },
  ),
  open: () => ({
    check: (variables) => {
      const [own] = variables.filter((each) => each.startsWith(`${UID_MARKER}=`));
      const found = markerIn(Buffer.from(variables.map((each) => `${each}\0`).join('')), UID_MARKER);
      same(found, own === undefined ? null : Buffer.from(own.slice(UID_MARKER.length + 1)).toString(), 'the marker');
    },
  }),
});
