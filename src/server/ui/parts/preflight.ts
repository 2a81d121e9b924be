import type { PreflightReport } from '../../../api/decision.ts';
import { html, type Markup } from '../html.ts';
import { mark } from './phase.ts';
import { table } from './table.ts';
import { ago } from './time.ts';

const MARKS = {
  Pass: mark('✔', 'good', 'Pass'),
  Warn: mark('▲', 'warn', 'Warn'),
  Fail: mark('✖', 'bad', 'Fail'),
} as const;

const URGENCY = ['Fail', 'Warn', 'Pass'];

/** What was checked before the start, what is wrong first. */
export const preflightTable = ({ checks, at }: PreflightReport, nowMs: number): Markup =>
  table({
    name: 'preflight',
    caption: html`Pre-flight, ${ago(at, nowMs)}`,
    columns: [{ label: 'Check' }, { label: 'Result' }, { label: 'What was found' }, { label: 'Remedy' }],
    rows: checks
      .toSorted((a, b) => URGENCY.indexOf(a.result) - URGENCY.indexOf(b.result))
      .map(({ name, result, message, remedy }, index) => ({
        id: `check-${index}`,
        cells: [name, MARKS[result], message, remedy],
      })),
    empty: 'Nothing was checked.',
  });
