import type { Phase } from '../../../api/phase.ts';
import { html, type Markup } from '../html.ts';

/** How much something wants to be looked at; the order is that of trouble. */
export const TONES = ['bad', 'warn', 'busy', 'good', 'rest'] as const;
export type Tone = (typeof TONES)[number];

interface Look {
  readonly symbol: string;
  readonly tone: Tone;
}

/** Each has a symbol of its own: no meaning is in the colour alone. */
const LOOKS: Readonly<Record<Phase, Look>> = {
  Failed: { symbol: '✖', tone: 'bad' },
  BackingOff: { symbol: '↻', tone: 'warn' },
  Waiting: { symbol: '◷', tone: 'warn' },
  Terminating: { symbol: '◍', tone: 'busy' },
  Starting: { symbol: '◐', tone: 'busy' },
  Pending: { symbol: '○', tone: 'busy' },
  Queued: { symbol: '≡', tone: 'busy' },
  Running: { symbol: '●', tone: 'good' },
  Suspended: { symbol: '‖', tone: 'rest' },
  Completed: { symbol: '✔', tone: 'rest' },
};

export const toneOfPhase = (phase: Phase): Tone => LOOKS[phase].tone;

export const mark = (symbol: string, tone: Tone, text: string): Markup =>
  html`<span class=${`mark ${tone}`}><span class="symbol" aria-hidden="true">${symbol}</span>${text}</span>`;

export const phaseMark = (phase: Phase): Markup => mark(LOOKS[phase].symbol, LOOKS[phase].tone, phase);

/** Well or not, of a check, a lock, a condition. */
export const wellMark = (well: boolean, text: string): Markup => mark(well ? '✔' : '✖', well ? 'good' : 'bad', text);
