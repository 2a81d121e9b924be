import type { QueueView } from '../../views/queue.ts';
import type { Page } from '../frame.ts';
import { type Content, html, type Markup } from '../html.ts';
import { table } from '../parts/table.ts';

/** Every queue: who has a place, who waits, and why. */
export const queuesPage = (queues: readonly QueueView[]): Page => ({
  title: 'Queues',
  section: 'Queues',
  everySeconds: 10,
  body: html`<h1>Queues</h1>${queues.length === 0 ? html`<p class="empty">There is none yet.</p>` : queues.map(section)}`,
});

const projectLink = (name: string): Content => html`<a href=${`/projects/${name}`}>${name}</a>`;

const section = ({ name, maxConcurrent, admitted, waiting }: QueueView): Markup => html`
  <section id=${`queue-${name}`} class="queue" aria-labelledby=${`name-${name}`}>
    <h2 id=${`name-${name}`}>${name}</h2>
    <p>
      <meter aria-label="Places taken" min="0" max=${Math.max(1, maxConcurrent)} value=${admitted.length}></meter>
      <span>${admitted.length} of ${maxConcurrent} places taken, ${waiting.length} waiting</span>
    </p>
    ${
      admitted.length === 0
        ? null
        : html`<details id=${`admitted-${name}`}>
            <summary>${admitted.length} admitted</summary>
            <ul class="names">${admitted.map((each) => html`<li>${projectLink(each)}</li>`)}</ul>
          </details>`
    }
    ${table({
      name: `waiting-${name}`,
      caption: `Waiting in ${name}, the next first`,
      columns: [{ label: 'Project' }, { label: 'Priority', kind: 'number' }, { label: 'Reason' }, { label: 'Message' }],
      rows: waiting.map(({ project, priority, reason, message }) => ({
        id: `waiting-${project}`,
        cells: [projectLink(project), priority, reason, message],
      })),
      empty: 'Nobody waits.',
    })}
  </section>
`;
