import { type Content, html } from '../html.ts';
import { mark } from './phase.ts';

/** What cannot be shown, and why. */
export const warningList = (warnings: readonly string[]): Content =>
  warnings.length === 0
    ? null
    : html`<ul class="warnings">${warnings.map((warning) => html`<li>${mark('▲', 'warn', 'Warning')} ${warning}</li>`)}</ul>`;
