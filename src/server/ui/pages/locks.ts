import type { Holder } from '../../../api/ports/world.ts';
import type { Page } from '../frame.ts';
import { html } from '../html.ts';
import { mark } from '../parts/phase.ts';
import { table } from '../parts/table.ts';
import { age } from '../parts/time.ts';

/** Who holds which lock, and what for. */
export const locksPage = (locks: readonly Holder[], nowMs: number): Page => {
  const held = locks.filter((lock) => lock.held);
  const body = html`
    <h1>Locks</h1>
    ${table({
      name: 'locks',
      caption: `${held.length} held`,
      columns: [
        { label: 'Lock' },
        { label: 'State' },
        { label: 'Purpose' },
        { label: 'Since' },
        { label: 'Process', kind: 'number' },
        { label: 'Host' },
        { label: 'Token', kind: 'number' },
      ],
      rows: locks.map((lock) => ({
        id: `lock-${lock.name}`,
        cells: [
          lock.name,
          lock.held ? mark('●', 'busy', 'held') : mark('○', 'rest', 'free again'),
          lock.purpose,
          age(lock.since, nowMs),
          lock.pid,
          lock.host,
          lock.token,
        ],
      })),
      empty: 'Nobody holds one.',
    })}
  `;
  return { title: 'Locks', section: 'Locks', everySeconds: 5, body };
};
