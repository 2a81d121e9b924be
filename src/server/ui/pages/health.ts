import type { StateReport } from '../../../api/mismatch.ts';
import type { ManifestRow } from '../../../api/ports/store.ts';
import type { HealthCheck } from '../../control.ts';
import type { Page } from '../frame.ts';
import { html, type Markup } from '../html.ts';
import { mark, wellMark } from '../parts/phase.ts';
import { table } from '../parts/table.ts';
import { ago } from '../parts/time.ts';

export interface HealthPage {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  readonly manifests: readonly ManifestRow[];
  readonly report: StateReport | null;
  readonly nowMs: number;
}

/** Whether the controller lives and does its work, and why not. */
export const healthPage = ({ live, ready, manifests, report, nowMs }: HealthPage): Page => {
  const body = html`
    <h1>Health</h1>
    ${checkTable('ready', 'Does it do its work?', ready)} ${checkTable('alive', 'Does it make progress?', live)}
    ${manifestTable(manifests, nowMs)} ${mismatchTable(report, nowMs)}
    <p class="soft">
      For programs: <a href="/livez?verbose">/livez</a>, <a href="/readyz?verbose">/readyz</a>, <a href="/metrics">/metrics</a>
    </p>
  `;
  return { title: 'Health', section: 'Health', everySeconds: 5, body };
};

const checkTable = (name: string, caption: string, checks: readonly HealthCheck[]): Markup =>
  table({
    name: `checks-${name}`,
    caption,
    columns: [{ label: 'Check' }, { label: 'State' }, { label: 'What was found' }],
    // What is not well comes first.
    rows: checks
      .toSorted((a, b) => Number(a.ok) - Number(b.ok))
      .map((check) => ({
        id: `${name}-${check.name}`,
        cells: [check.name, wellMark(check.ok, check.ok ? 'well' : 'not well'), check.message],
      })),
    empty: 'Nothing is checked.',
  });

const manifestTable = (manifests: readonly ManifestRow[], nowMs: number): Markup => {
  const wrong = manifests.filter(({ errors }) => errors.length > 0);
  return table({
    name: 'manifests',
    caption: 'Manifests that cannot be read',
    columns: [{ label: 'File' }, { label: 'Read' }, { label: 'Error' }],
    rows: wrong.map(({ file, readAt, errors }, index) => ({
      id: `manifest-${index}`,
      cells: [file, ago(readAt, nowMs), html`<ul class="plain">${errors.map((error) => html`<li>${error}</li>`)}</ul>`],
    })),
    empty: `None: all of ${manifests.length} could be read.`,
  });
};

const mismatchTable = (report: StateReport | null, nowMs: number): Markup =>
  table({
    name: 'mismatches',
    caption: 'Records that disagree',
    columns: [{ label: 'What about' }, { label: 'Severity' }, { label: 'Type' }, { label: 'What was found' }],
    rows: (report?.items ?? []).map((mismatch, index) => ({
      id: `mismatch-${index}`,
      cells: [mismatch.subject, mark('▲', 'warn', mismatch.severity), mismatch.type, mismatch.message],
    })),
    empty: report === null ? 'They have not been compared yet.' : html`None, as compared ${ago(report.at, nowMs)}.`,
  });
