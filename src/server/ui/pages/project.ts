import { stringify } from 'yaml';
import { type Deadline, deadlinesOf } from '../../../api/deadlines.ts';
import type { Condition } from '../../../api/condition.ts';
import { primaryOf } from '../../../api/manifest.ts';
import type { ProjectRow } from '../../../api/project.ts';
import type { Screen } from '../../control.ts';
import type { Description } from '../../views/description.ts';
import type { Page } from '../frame.ts';
import { maskingOf } from '../masking.ts';
import { type Content, html, type Markup } from '../html.ts';
import { attemptList } from '../parts/attempts.ts';
import { eventTable } from '../parts/event-table.ts';
import { facts } from '../parts/facts.ts';
import { mark, phaseMark, toneOfPhase } from '../parts/phase.ts';
import { preflightTable } from '../parts/preflight.ts';
import { screens } from '../parts/screens.ts';
import { table } from '../parts/table.ts';
import { age, ago, ahead } from '../parts/time.ts';

export interface ProjectPage {
  readonly row: ProjectRow;
  readonly description: Description;
  readonly screens: readonly Screen[];
  readonly nowMs: number;
}

/** Events that are shown of one Project. */
const EVENTS = 50;

/** One Project's whole story: how it stands, what is on its screens, and how it came to this. */
export const projectPage = (given: ProjectPage): Page => {
  const { row, description, nowMs } = given;
  const { project, attempts, preflight } = description;
  const { name } = row;
  const mask = maskingOf(row.spec);
  const events = description.events.toSorted((a, b) => b.lastAt - a.lastAt || b.id - a.id).slice(0, EVENTS);
  const body = html`
    <p class="trail"><a href="/">Projects</a></p>
    <h1>${name}</h1>
    ${standing(row)}
    ${facts(factsOf(given))}
    ${screens(given.screens, primaryOf(row.spec).name, mask)}
    ${conditionTable(row.memory.conditions, nowMs)}
    ${attemptList(attempts, nowMs, mask)}
    ${eventTable({ events, caption: 'Events', withObject: false, nowMs })}
    ${preflight && preflightTable(preflight, nowMs)}
    <details id="spec" class="spec"><summary>Spec, values of variables masked</summary><pre tabindex="0"><code>${stringify(project.spec)}</code></pre></details>
  `;
  return { title: name, section: 'Projects', everySeconds: given.screens.length > 0 ? 2 : 10, body };
};

const standing = ({ memory, manifestError }: ProjectRow): Markup => html`
  <div class=${`standing ${toneOfPhase(memory.phase)}`}>
    <p>${phaseMark(memory.phase)} ${memory.reason === memory.phase ? null : html`<b>${memory.reason}</b>`}</p>
    <p class="message">${memory.message}</p>
    ${manifestError === null ? null : html`<p>${mark('▲', 'warn', 'Its manifest cannot be read')} ${manifestError}</p>`}
  </div>
`;

const factsOf = ({ row, description, nowMs }: ProjectPage): (readonly [string, Content])[] => {
  const { project, heartbeat, pendingCommand, deletion, file } = description;
  const { status } = project;
  const deadlines = deadlinesOf(row, heartbeat?.lastBeatAt ?? null, nowMs);
  return [
    ['Queue', html`<a href=${`/queues#queue-${row.spec.queue}`}>${row.spec.queue}</a>`],
    ['Age', age(row.createdAt, nowMs)],
    ['Attempt', status.attempt],
    ['Restarts', status.restarts],
    ['Failures', `${status.failures} of ${row.spec.restartPolicy === 'Always' ? 'any number' : row.spec.backoffLimit}`],
    ['Heartbeat', beat(description, nowMs)],
    ['Progress', heartbeat?.progress ?? null],
    ['Next', deadlines.length === 0 ? null : deadlineList(deadlines, nowMs)],
    ['Asked for', pendingCommand && html`${pendingCommand.verb}, ${ago(pendingCommand.requestedAt, nowMs)}`],
    ['Deletion', deletion && html`asked for ${ago(deletion.requestedAt, nowMs)}`],
    ['Session', status.sessionName],
    ['Attach', status.sessionName && html`<code>tmuxlet attach ${row.name}</code>`],
    ['Manifest', html`<code>${file}</code>`],
  ];
};

const beat = ({ heartbeat }: Description, nowMs: number): Content => {
  if (heartbeat === null) return null;
  const { lastBeatAt, source, stale, extensions, maxExtensions } = heartbeat;
  const extended = maxExtensions === 0 ? '' : `, ${extensions} of ${maxExtensions} extensions`;
  const last = lastBeatAt === null ? 'none seen' : ago(lastBeatAt, nowMs);
  return html`${stale ? mark('▲', 'warn', 'stale') : null} ${last} <span class="soft">by ${source}${extended}</span>`;
};

const deadlineList = (deadlines: readonly Deadline[], nowMs: number): Markup =>
  html`<ul class="plain">${deadlines.map((deadline) => html`<li>${ahead(deadline, nowMs)}</li>`)}</ul>`;

const SYMBOLS: Readonly<Record<Condition['status'], string>> = { True: '●', False: '○', Unknown: '?' };

const conditionTable = (conditions: readonly Condition[], nowMs: number): Markup =>
  table({
    name: 'conditions',
    caption: 'Conditions',
    columns: [
      { label: 'Condition' },
      { label: 'Status' },
      { label: 'Since' },
      { label: 'Reason' },
      { label: 'Message' },
    ],
    rows: conditions.map(({ type, status, reason, message, lastTransitionTime }) => ({
      id: `condition-${type}`,
      cells: [
        type,
        mark(SYMBOLS[status], status === 'Unknown' ? 'warn' : 'rest', status),
        age(Date.parse(lastTransitionTime), nowMs),
        reason,
        message,
      ],
    })),
    empty: 'None is known yet.',
  });
