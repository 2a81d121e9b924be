import type { Run } from '../../../api/project.ts';
import { spanText } from '../../views/age.ts';
import type { AttemptView } from '../../views/description.ts';
import { screenMarkup } from '../ansi/screen.ts';
import { type Content, html, type Markup } from '../html.ts';
import { mark } from './phase.ts';
import { ago } from './time.ts';

type Mask = (text: string) => string;

/** The newest attempts with their runs; the newest of all is open. */
export const attemptList = (attempts: readonly AttemptView[], nowMs: number, mask: Mask): Markup => html`
  <section class="attempts" aria-labelledby="attempts">
    <h2 id="attempts">Attempts</h2>
    ${
      attempts.length === 0
        ? html`<p class="empty">None was made yet.</p>`
        : attempts.map((attempt, index) => attemptMarkup(attempt, index === 0, nowMs, mask))
    }
  </section>
`;

const attemptMarkup = (attempt: AttemptView, open: boolean, nowMs: number, mask: Mask): Markup => {
  const { attempt: number, startedAt, endedAt, cause, resumed, sessionName, runs } = attempt;
  return html`
    <details id=${`attempt-${number}`} open=${open}>
      <summary>
        <b>Attempt ${number}</b> <span class="soft">${resumed ? 'resumed, ' : ''}${startedAt === null ? 'not seen yet' : html`started ${ago(startedAt, nowMs)}`}, ${endedAt === null ? 'goes on' : html`ended ${ago(endedAt, nowMs)} (${cause ?? 'cause unknown'})`}</span>
      </summary>
      <p class="soft">Session ${sessionName ?? 'without a name'}${runs.length === 0 ? '; no run has ended yet' : ''}</p>
      <ol class="runs">${runs.map((run) => runMarkup(run, nowMs, mask))}</ol>
    </details>
  `;
};

const runMarkup = (run: Run, nowMs: number, mask: Mask): Markup => {
  const { attempt, window, run: number, lastLines } = run;
  const lines = (lastLines ?? '').trimEnd();
  return html`
    <li id=${`run-${attempt}-${window}-${number}`}>
      <b>${window}</b> run ${number}: ${endOf(run, nowMs)}
      ${
        lines === ''
          ? null
          : html`<details id=${`lines-${attempt}-${window}-${number}`}>
              <summary>Last lines</summary>
              <div class="screen" tabindex="0" role="region" aria-label=${`Last lines of ${window}, run ${number}`}><pre>${screenMarkup(mask(lines))}</pre></div>
            </details>`
      }
    </li>
  `;
};

const endOf = ({ startedAt, endedAt, exitCode, pid }: Run, nowMs: number): Content => {
  if (endedAt === null)
    return html`${mark('●', 'good', 'runs')} since ${ago(startedAt, nowMs)}${pid === null ? '' : `, process ${pid}`}`;
  const after = startedAt === null ? '' : ` after ${spanText(endedAt - startedAt)}`;
  if (exitCode === null) return html`${mark('?', 'warn', 'ended')}${after}, nobody saw the exit code`;
  const signal = exitCode > 128 && exitCode < 160 ? ` (signal ${exitCode - 128}?)` : '';
  return html`${exitCode === 0 ? mark('✔', 'rest', 'exit code 0') : mark('✖', 'warn', `exit code ${exitCode}${signal}`)}${after}, ${ago(endedAt, nowMs)}`;
};
