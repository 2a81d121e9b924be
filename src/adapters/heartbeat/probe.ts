import { resolve } from 'node:path';
import { bulkhead } from 'cockatiel';
import { primaryOf } from '../../api/manifest.ts';
import type { HeartbeatProbe } from '../../api/ports/world.ts';
import type { RunProgram } from '../programs/program.ts';
import { readEnvFile } from '../runs/env-file.ts';

/** Commands that run at one time; the others wait, and their time begins when they do. */
const AT_ONCE = 8;

/** Errors of starting a program that are the command's own fault, as exit codes 126 and 127 are. */
const ITS_OWN_FAULT = /\b(ENOENT|EACCES|ENOEXEC|ENOTDIR)\b/;

export interface ProbeOptions {
  readonly stateDir: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** Runs programs where sessions run. */
  readonly run: RunProgram;
}

/** Runs heartbeat commands: no input, no terminal, killed with all they started when their time is over. */
export const openHeartbeatProbe = ({ stateDir, baseEnvironment, run: runProgram }: ProbeOptions): HeartbeatProbe => {
  const room = bulkhead(AT_ONCE, Number.POSITIVE_INFINITY);
  return {
    ask: ({ name, spec }, { attempt, window, run }, timeoutMs) =>
      room.execute(async () => {
        const { path, heartbeat, session } = spec;
        const command = heartbeat?.command ?? [];
        const fromFile = session.envFile === undefined ? {} : await readEnvFile(resolve(path, session.envFile));
        const env = {
          ...baseEnvironment,
          ...fromFile,
          ...session.env,
          ...primaryOf(spec).env,
          TMUXLET_PROJECT: name,
          TMUXLET_ATTEMPT: String(attempt),
          TMUXLET_WINDOW: window,
          TMUXLET_RUN: String(run),
          TMUXLET_STATE_DIR: stateDir,
        };
        const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
        const ended = await runProgram({ argv, cwd: path, env, timeoutMs });
        if (ended.how === 'NotStarted' && !ITS_OWN_FAULT.test(ended.message)) throw new Error(ended.message);
        return ended.how === 'Exited' && ended.code === 0;
      }),
  };
};
