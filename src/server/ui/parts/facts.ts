import { type Content, html, type Markup } from '../html.ts';

/** Names and what is to be said of each; what is null is left out. */
export const facts = (all: readonly (readonly [name: string, value: Content])[]): Markup => html`
  <dl class="facts">
    ${all.map(([name, value]) => (value === null ? null : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}
  </dl>
`;
