import type { StepKind } from '../acts.ts';
import type { Installation } from '../installation.ts';
import { STATE_DIR } from '../machine/machine.ts';
import type { Process } from '../machine/process.ts';
import { LOCKS } from '../ports/locks.ts';
import { STATE_FILES } from '../ports/state-files.ts';

/** What happens to the controller's own records behind its back, and to processes. */

const one = <T>(items: readonly T[], number = 0): T | undefined => items[number % items.length];

/** Somebody's program that holds a lock; what it runs does not matter. */
const HOLDER = ['tmuxlet', 'lock'] as const;
const HELD_MS = [1_000, 20_000, 120_000];

/** Values that a column may hold and no reader understands. */
const ODD_COLUMNS = [
  ['memory', '{}'],
  ['memory', 'null'],
  ['memory', '{"phase": "running", "attempt": "one"}'],
  ['spec', '[]'],
  ['spec', '{"path": 7}'],
  ['satisfied', '{"a": 1}'],
  ['labels', '[1, 2]'],
] as const;

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGSTOP'] as const;

export const RECORD_ACTS: Readonly<Record<string, StepKind>> = {
  holdLock: {
    weight: 2,
    act(installation, [which, span]) {
      const { machine, kernel } = installation.world;
      const row = one(installation.reader?.projects() ?? [], which);
      if (row === undefined) return null;
      const holder = machine.processes.spawn({ program: { argv: HOLDER } });
      const path = `${LOCKS}/${row.name}`;
      const token = machine.locks.take(path, holder);
      if (token === null) {
        holder.end({ code: 1 });
        return null;
      }
      const { pid, startTicks } = holder;
      const { wallMs, bootId } = kernel.now();
      machine.locks.setNote(path, {
        name: row.name,
        pid,
        startTicks,
        host: 'simulated',
        bootId,
        purpose: 'manual',
        since: wallMs,
        token,
      });
      const ms = one(HELD_MS, span) ?? 0;
      kernel.after(ms, () => holder.end({ signal: 9 }));
      return `people hold the lock of ${row.name} for ${ms} ms, and are killed`;
    },
  },
  stateFile: {
    weight: 3,
    act({ world: { machine } }, [which, how = 0, at = 0]) {
      const { disk } = machine;
      const names = disk.isDirectory(STATE_FILES) ? disk.list(STATE_FILES) : [];
      const name = one(names, which);
      const file = name === undefined ? null : disk.file(`${STATE_FILES}/${name}`);
      if (name === undefined || file === null) return null;
      const path = `${STATE_FILES}/${name}`;
      const other = one(names, which === undefined ? 0 : which + 1) ?? name;
      switch (how % 4) {
        case 0:
          disk.remove(path);
          return `somebody deletes ${path}`;
        case 1:
          disk.overwrite(file, file.text.slice(0, at % (file.text.length + 1)));
          return `${path} is torn at ${file.text.length}`;
        case 2:
          disk.overwrite(file, disk.file(`${STATE_FILES}/${other}`)?.text ?? '');
          return `somebody copies ${other} over ${path}`;
        default:
          disk.overwrite(file, `{"version": 2}${' '.repeat(at % 10)}`);
          return `${path} is of another version`;
      }
    },
  },
  stateFilesAway: {
    weight: 0.5,
    act({ world: { machine, kernel } }, [span]) {
      const { disk } = machine;
      if (!disk.isDirectory(STATE_FILES)) return null;
      const aside = `${STATE_DIR}/aside`;
      disk.renameDirectory(STATE_FILES, aside);
      const ms = one(HELD_MS, span) ?? 0;
      kernel.after(ms, () => disk.isDirectory(aside) && disk.renameDirectory(aside, STATE_FILES));
      return `the state files are away for ${ms} ms`;
    },
  },
  tearJournal: {
    weight: 1,
    act({ world: { machine } }, [which, at = 0]) {
      const run = one(machine.runs.all, which);
      if (run === undefined || run.journal === null) return null;
      machine.runs.tear(run, at % (run.journal.length + 1));
      return `the journal ${run.path} is torn`;
    },
  },
  poison: {
    weight: 1,
    act(installation, [which, how]) {
      const row = one(installation.reader?.projects() ?? [], which);
      const odd = one(ODD_COLUMNS, how);
      if (row === undefined || odd === undefined) return null;
      const [column, value] = odd;
      installation.poisoned.add(row.uid);
      installation.edit(`UPDATE projects SET ${column} = ? WHERE uid = ?`, value, row.uid);
      return `somebody writes ${value} into ${column} of ${row.name}`;
    },
  },
  loseName: {
    weight: 2,
    act(installation, [which]) {
      const attempt = one(installation.reader?.openAttempts() ?? [], which);
      if (attempt === undefined) return null;
      installation.lostNames.add(attempt.uid);
      installation.edit(
        'UPDATE attempts SET session_name = NULL, session_id = NULL WHERE uid = ? AND attempt = ?',
        attempt.uid,
        attempt.attempt,
      );
      return `somebody takes the session's name out of attempt ${attempt.attempt} of ${attempt.uid}`;
    },
  },
  signal: {
    weight: 5,
    act({ world: { machine, kernel } }, [which, what, span]) {
      const process = one(commandsOn(machine.processes.live), which);
      const signal = one(SIGNALS, what);
      if (process === undefined || signal === undefined) return null;
      machine.signal('people', process, signal);
      if (signal === 'SIGSTOP') kernel.after(one(HELD_MS, span) ?? 0, () => process.signal('SIGCONT'));
      return `people send ${signal} to ${process.pid} (${process.program.argv.join(' ').slice(0, 60)})`;
    },
  },
  blockProcess: {
    weight: 1,
    act({ world: { machine } }, [which, span]) {
      const process = one(commandsOn(machine.processes.live), which);
      process?.block(one(HELD_MS, span) ?? 0);
      return process ? `process ${process.pid} hangs in the kernel` : null;
    },
  },
};

/** What is of Projects: commands, their children and wrappers. */
const commandsOn = (live: readonly Process[]): readonly Process[] =>
  live.filter(({ environment, program }) => environment['TMUXLET_UID'] !== undefined && program.argv[0] !== 'tmux');

/** Nobody but the controller holds a lock. */
export const letGo = ({ world: { machine } }: Installation): void => {
  for (const process of machine.processes.live) if (process.program.argv === HOLDER) process.end({ code: 0 });
};
