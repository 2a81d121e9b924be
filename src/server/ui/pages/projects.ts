import { PHASES } from '../../../api/phase.ts';
import { type Content, html, type Markup } from '../html.ts';
import type { Page } from '../frame.ts';
import { ago, ahead, age, nothing } from '../parts/time.ts';
import { mark, phaseMark, TONES, toneOfPhase } from '../parts/phase.ts';
import { warningList } from '../parts/warnings.ts';
import { table } from '../parts/table.ts';
import { byTrouble, type Filter, isTrouble, matches, type ProjectLine } from '../project-lines.ts';

export interface ProjectsPage {
  readonly lines: readonly ProjectLine[];
  readonly warnings: readonly string[];
  readonly filter: Filter;
  readonly manifests: string | null;
  readonly nowMs: number;
}

const COLUMNS = [
  { label: 'Project' },
  { label: 'Phase' },
  { label: 'Reason' },
  { label: 'Age' },
  { label: 'Attempt', kind: 'number' },
  { label: 'Restarts', kind: 'number' },
  { label: 'Heartbeat' },
  { label: 'Next' },
  { label: 'Queue' },
] as const;

/** Every Project, trouble first. */
export const projectsPage = (given: ProjectsPage): Page => {
  const { lines, filter, warnings, manifests } = given;
  const shown = lines.filter(matches(filter)).sort(byTrouble);
  const body = html`
    <h1>Projects</h1>
    ${warningList(warnings)}
    ${phaseLinks(lines, filter)} ${filterForm(lines, filter)}
    ${table({
      name: 'projects',
      caption: countText(shown.length, lines.length),
      columns: COLUMNS,
      rows: shown.map((line) => ({ id: `project-${line.name}`, cells: cellsOf(line, given.nowMs) })),
      empty:
        lines.length > 0
          ? html`No Project is as asked. <a href="/">Show all of them.</a>`
          : html`None is declared yet. A manifest in ${manifests ?? 'the manifest directory'} makes one.`,
    })}
  `;
  return { title: titleOf(lines), section: 'Projects', everySeconds: 10, body };
};

const titleOf = (lines: readonly ProjectLine[]): string => {
  const trouble = lines.filter(isTrouble).length;
  return trouble === 0 ? 'Projects' : `(${trouble}) Projects`;
};

const countText = (shown: number, all: number): string => {
  const total = `${all} ${all === 1 ? 'Project' : 'Projects'}`;
  return shown === all ? total : `${shown} of ${total}`;
};

const cellsOf = (line: ProjectLine, nowMs: number): Content[] => [
  html`<a href=${`/projects/${line.name}`}>${line.name}</a>`,
  phaseMark(line.phase),
  reason(line),
  age(line.createdAt, nowMs),
  line.attempt,
  line.restarts,
  beat(line, nowMs),
  line.next === null ? nothing : ahead(line.next, nowMs),
  html`<a href=${`/queues#queue-${line.queue}`}>${line.queue}</a>`,
];

/** A reason that is the phase again is not said twice. */
const reason = ({ phase, tone, reason, message }: ProjectLine): Content =>
  html`${reason === phase ? null : html`<span class=${`reason ${tone}`}>${reason}</span> `}<span class="message">${message}</span>`;

const beat = ({ heartbeat }: ProjectLine, nowMs: number): Content => {
  if (heartbeat === null) return nothing;
  return heartbeat.stale
    ? html`${mark('▲', 'warn', 'stale')} ${heartbeat.lastBeatAt === null ? null : ago(heartbeat.lastBeatAt, nowMs)}`
    : ago(heartbeat.lastBeatAt, nowMs);
};

/** The address of the list with one thing asked differently. */
const asking = (filter: Filter, change: Partial<Filter>): string => {
  const { name, phase, queue, trouble } = { ...filter, ...change };
  const query = new URLSearchParams({
    ...(name !== '' && { name }),
    ...(phase !== '' && { phase }),
    ...(queue !== '' && { queue }),
    ...(trouble && { trouble: '1' }),
  }).toString();
  return query === '' ? '/' : `/?${query}`;
};

/** How many there are of each, and the way to see only them. */
const phaseLinks = (lines: readonly ProjectLine[], filter: Filter): Markup => {
  const link = (label: Content, count: number, change: Pick<Filter, 'phase' | 'trouble'>): Markup => {
    const current = change.phase === filter.phase && change.trouble === filter.trouble;
    const href = asking(filter, change);
    return html`<li><a href=${href} aria-current=${current ? 'true' : null}>${label} <b>${count}</b></a></li>`;
  };
  const counts = PHASES.toSorted((a, b) => TONES.indexOf(toneOfPhase(a)) - TONES.indexOf(toneOfPhase(b))).map(
    (phase) => [phase, lines.filter((line) => line.phase === phase).length] as const,
  );
  return html`
    <nav class="chips" aria-label="Phases">
      <ul>
        ${link('All', lines.length, { phase: '', trouble: false })}
        ${link('In trouble', lines.filter(isTrouble).length, { phase: '', trouble: true })}
        ${counts.map(([phase, count]) => (count > 0 ? link(phaseMark(phase), count, { phase, trouble: false }) : null))}
      </ul>
    </nav>
  `;
};

const filterForm = (lines: readonly ProjectLine[], { name, phase, queue, trouble }: Filter): Markup => {
  const queues = [...new Set(lines.map((line) => line.queue))].sort();
  const option = (value: string, label: string, chosen: string): Markup =>
    html`<option value=${value} selected=${value === chosen}>${label}</option>`;
  return html`
    <form class="filter" role="search" aria-label="Projects" method="get" action="/">
      <label for="filter-name">
        Name
        <input id="filter-name" name="name" type="search" value=${name} autocomplete="off" spellcheck="false" />
      </label>
      <label for="filter-phase">
        Phase
        <select id="filter-phase" name="phase">
          ${option('', 'any', phase)} ${PHASES.map((each) => option(each, each, phase))}
        </select>
      </label>
      <label for="filter-queue">
        Queue
        <select id="filter-queue" name="queue">
          ${option('', 'any', queue)} ${queues.map((each) => option(each, each, queue))}
        </select>
      </label>
      ${trouble ? html`<input type="hidden" name="trouble" value="1" />` : null}
      <button type="submit">Filter</button>
      ${name + phase + queue === '' && !trouble ? null : html`<a href="/">Clear</a>`}
    </form>
  `;
};
