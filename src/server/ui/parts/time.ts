import type { Deadline } from '../../../api/deadlines.ts';
import { timeText } from '../../../api/time.ts';
import { spanText } from '../../views/age.ts';
import { type Content, html } from '../html.ts';

/** Nothing to show. */
export const nothing: Content = html`<span class="nothing">–</span>`;

/** How long ago, with the moment itself for machines. */
export const age = (at: number | null, nowMs: number): Content =>
  at === null ? nothing : html`<time datetime=${timeText(at)}>${spanText(nowMs - at)}</time>`;

export const ago = (at: number | null, nowMs: number): Content =>
  at === null ? nothing : html`<time datetime=${timeText(at)}>${spanText(nowMs - at)} ago</time>`;

export const ahead = ({ at, what }: Deadline, nowMs: number): Content =>
  html`<time datetime=${timeText(at)}>in ${spanText(at - nowMs)}</time> <span class="soft">${what}</span>`;
