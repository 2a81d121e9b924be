import type { Run } from '../../api/project.ts';
import type { AttemptView } from '../../server/views/description.ts';
import { ageText, spanText } from './age.ts';

/** Lines of its screen that are shown of a run; all that is kept is in `describe -o json`. */
const LAST_LINES = 10;

/** An attempt with its runs, how each ended and what was on its screen last. */
export const attemptText = (attempt: AttemptView, nowMs: number): string => {
  const { startedAt, endedAt, cause, resumed, sessionName } = attempt;
  const facts = [
    `session ${sessionName ?? '<none>'}`,
    ...(resumed ? ['resumed'] : []),
    startedAt === null ? 'not seen yet' : `started ${ageText(startedAt, nowMs)} ago`,
    endedAt === null ? 'goes on' : `ended ${ageText(endedAt, nowMs)} ago (${cause ?? 'cause unknown'})`,
  ];
  return [`${attempt.attempt}: ${facts.join(', ')}`, ...attempt.runs.map((run) => runText(run, nowMs))].join('\n');
};

const runText = (run: Run, nowMs: number): string => {
  const head = `  ${run.window}, run ${run.run}: ${endText(run, nowMs)}`;
  const lines = (run.lastLines ?? '').trimEnd().split('\n').slice(-LAST_LINES);
  return run.lastLines === null || lines.every((line) => line === '')
    ? head
    : [head, ...lines.map((line) => `    | ${line}`.trimEnd())].join('\n');
};

const endText = ({ startedAt, endedAt, exitCode, pid }: Run, nowMs: number): string => {
  if (endedAt === null) return `runs since ${ageText(startedAt, nowMs)}${pid === null ? '' : `, pid ${pid}`}`;
  const code = exitCode === null ? 'nobody saw the exit code' : `exit code ${exitCode}${signalText(exitCode)}`;
  return startedAt === null ? code : `${code} after ${spanText(endedAt - startedAt)}`;
};

/** The shell reports a signal as 128 and its number. */
const signalText = (exitCode: number): string =>
  exitCode > 128 && exitCode < 160 ? ` (signal ${exitCode - 128}?)` : '';
