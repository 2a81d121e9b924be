/** Draws which phase follows which, and by which rules, into docs/state-diagram.md (`npm run state-diagram`). */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Phase, PHASES } from '../src/api/phase.ts';
import { decisionTable } from '../src/machines/project/table.ts';
import { lifeGraph, type LifeNode, type PhaseEdge, phaseEdges } from '../test/model/life-graph.ts';

export const DIAGRAM_FILE = new URL('../docs/state-diagram.md', import.meta.url);

const BEGIN = '<!-- state diagram: made by npm run state-diagram -->';
const END = '<!-- end of the state diagram -->';

/** Phases of a Project that is to have a session: what may come over one of them comes over all. */
const WANTING: readonly Phase[] = ['Pending', 'Queued', 'Starting', 'Running', 'BackingOff'];
const GROUP = 'Wanted';

/** A rule met in so many of the group's phases is drawn once, from the group: rules do not ask for these phases. */
const OFTEN = 3;

const LINES = decisionTable.map(({ line }) => line);
const numberOf = (line: string): number => LINES.indexOf(line) + 1;

interface Arrow {
  readonly from: string;
  readonly to: Phase;
  readonly rules: readonly number[];
}

const arrowsOf = (edges: readonly PhaseEdge[]): readonly Arrow[] => {
  const arrows = new Map<string, { from: string; to: Phase; rules: Set<number> }>();
  for (const { from, to, rules } of edges) {
    for (const rule of rules) {
      const alike = edges.filter((other) => WANTING.includes(other.from) && other.to === to && other.rules.has(rule));
      const start = WANTING.includes(from) && alike.length >= OFTEN ? GROUP : from;
      const arrow = arrows.get(`${start} ${to}`) ?? { from: start, to, rules: new Set() };
      arrows.set(`${start} ${to}`, arrow);
      arrow.rules.add(numberOf(rule));
    }
  }
  const order: readonly string[] = [GROUP, ...PHASES];
  return [...arrows.values()]
    .map((arrow) => ({ ...arrow, rules: [...arrow.rules].sort((a, b) => a - b) }))
    .sort((a, b) => order.indexOf(a.from) - order.indexOf(b.from) || order.indexOf(a.to) - order.indexOf(b.to));
};

/** The diagram in mermaid, each arrow with the numbers of its rules, and what these say. */
export const diagramText = (graph: ReadonlyMap<string, LifeNode>): string => {
  const arrows = arrowsOf(phaseEdges(graph));
  const drawn = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const inGroup = WANTING.map((phase) => `    ${phase}`);
  const notDrawn = PHASES.filter((phase) => !drawn.has(phase) && !WANTING.includes(phase));
  const numbers = [...new Set(arrows.flatMap(({ rules }) => rules))].sort((a, b) => a - b);
  return [
    '```mermaid',
    'stateDiagram-v2',
    `  state "is to have a session" as ${GROUP} {`,
    ...inGroup,
    '  }',
    '  [*] --> Pending',
    ...notDrawn.map((phase) => `  ${phase}: ${phase} (no rule leads here)`),
    ...arrows.map(({ from, to, rules }) => `  ${from} --> ${to}: ${rules.join(' ')}`),
    '```',
    '',
    '| rule | says |',
    '|---|---|',
    ...numbers.map((number) => `| ${number} | ${LINES[number - 1]} |`),
  ].join('\n');
};

/** The document with the diagram between its markers as the code now has it. */
export const withDiagram = (document: string, diagram: string): string => {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${BEGIN} and ${END}, in this order`);
  return `${document.slice(0, from)}${BEGIN}\n\n${diagram}\n\n${document.slice(to)}`;
};

if (import.meta.main) {
  const document = readFileSync(DIAGRAM_FILE, 'utf8');
  writeFileSync(DIAGRAM_FILE, withDiagram(document, diagramText(lifeGraph())));
}
