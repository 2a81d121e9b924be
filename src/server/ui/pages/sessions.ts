import type { SessionView } from '../../views/session.ts';
import type { Page } from '../frame.ts';
import { type Content, html } from '../html.ts';
import { mark } from '../parts/phase.ts';
import { table } from '../parts/table.ts';
import { age, nothing } from '../parts/time.ts';
import { warningList } from '../parts/warnings.ts';

export interface SessionsPage {
  readonly sessions: readonly SessionView[];
  readonly warnings: readonly string[];
  readonly nowMs: number;
}

/** Every session on our tmux servers, whose it is, and what is thought of it. */
export const sessionsPage = ({ sessions, warnings, nowMs }: SessionsPage): Page => {
  const body = html`
    <h1>Sessions</h1>
    ${warningList(warnings)}
    ${table({
      name: 'sessions',
      caption: `${sessions.length} on our tmux servers`,
      columns: [
        { label: 'Session' },
        { label: 'Owner' },
        { label: 'Verdict' },
        { label: 'Project' },
        { label: 'Attempt', kind: 'number' },
        { label: 'Windows' },
        { label: 'Watchers', kind: 'number' },
        { label: 'Age' },
        { label: 'Shard', kind: 'number' },
      ],
      rows: sessions.map((session) => ({
        id: `session-${session.shard}-${session.id}`,
        cells: cellsOf(session, nowMs),
      })),
      empty: 'There is none.',
    })}
  `;
  return { title: 'Sessions', section: 'Sessions', everySeconds: 5, body };
};

const cellsOf = (session: SessionView, nowMs: number): Content[] => [
  session.name,
  session.owner,
  html`${verdict(session)} ${session.reason === '' ? null : html`<span class="message">${session.reason}</span>`}`,
  session.project === null
    ? nothing
    : session.verdict === 'Owned'
      ? html`<a href=${`/projects/${encodeURIComponent(session.project)}`}>${session.project}</a>`
      : session.project,
  session.attempt ?? nothing,
  session.windows.join(', '),
  session.attached,
  age(session.createdAt, nowMs),
  session.shard,
];

const verdict = ({ verdict }: SessionView): Content => {
  if (verdict === 'Owned') return mark('●', 'good', verdict);
  return verdict === 'Foreign' ? mark('○', 'rest', verdict) : mark('▲', 'warn', verdict);
};
