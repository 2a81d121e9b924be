import fc from 'fast-check';
import { controlParser, type ControlMessage } from '../../src/adapters/tmux/control-parser.ts';
import { parseListing } from '../../src/adapters/tmux/listing.ts';
import { parseUntagged } from '../../src/adapters/tmux/untagged.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import { same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';

const WORDS = [
  '%begin 1 2 0|%end 1 2 0|%error 1 2 0|%begin|%end |%exit|%output %1 x|%|\r|\t| |\n|%sessions-changed'.split('|'),
  '\u001b[2J|\\n|\\t|$1|@1|%1|NONCE|1||control|owner-1|\ufffd'.split('|'),
].flat();

/** A text that anybody may have put into a name or a screen; tmux's own words are in it as often as not. */
const hostile = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join('')),
  },
);

/** What tmux never lets through within a line of an answer. */
const oneLine = hostile.map((text) => text.replaceAll('\n', ' '));

interface Answer {
  readonly guard: string;
  readonly lines: readonly string[];
  readonly failed: boolean;
}

const answer: fc.Arbitrary<Answer> = fc
  .record({
    time: fc.nat(),
    number: fc.nat({ max: 9 }),
    lines: fc.array(oneLine, { maxLength: 5 }),
    failed: fc.boolean(),
  })
  .map(({ time, number, lines, failed }) => ({ guard: `${time} ${number} 1`, lines, failed }))
  // Only who knows the guard beforehand could end it; it holds the time and a count.
  .filter(({ guard, lines }) => !lines.some((line) => line === `%end ${guard}` || line === `%error ${guard}`));

const notification = fc
  .constantFrom('sessions-changed', 'unlinked-window-close @3', 'session-renamed $1 ', 'exit', 'window-add @1')
  .chain((name) => oneLine.map((rest) => `%${name}${name.endsWith(' ') ? rest : ''}`));

interface Talk {
  readonly parts: readonly (Answer | string)[];
  readonly cuts: readonly number[];
}

export const controlOutput: Fuzz = fuzz<Talk>({
  name: 'control-output',
  claim: 'answers of a control client come out whole and in order, whatever is in them and however they are cut',
  share: 10,
  arbitrary: fc.record({
    parts: fc.array(fc.oneof(answer, notification), { maxLength: 6 }),
    cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
  }),
  open: () => ({
    check: ({ parts, cuts }) => {
      const text = parts
        .map((part) =>
          typeof part === 'string'
            ? `${part}\n`
            : [`%begin ${part.guard}`, ...part.lines, `%${part.failed ? 'error' : 'end'} ${part.guard}`, ''].join('\n'),
        )
        .join('');
      const told: ControlMessage[] = [];
      const feed = controlParser((message) => told.push(message));
      let from = 0;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        feed(text.slice(from, cut));
        from = Math.max(from, cut);
      }
      feed(text.slice(from));
      const expected = parts.map((part) =>
        typeof part === 'string'
          ? { kind: 'Notification', name: part.slice(1).split(' ', 1)[0] }
          : { kind: 'Block', lines: part.lines, failed: part.failed },
      );
      same(told, expected, 'the messages');
    },
  }),
});

export const controlGarbage: Fuzz = fuzz<readonly string[]>({
  name: 'control-garbage',
  claim: 'what is no output of a control client at all ends nothing',
  share: 4,
  examples: [['%begin'], ['%begin \n%end \n'], ['%end 1 2 3\n'], ['%'.repeat(100_000)]],
  arbitrary: fc.array(hostile, { maxLength: 10 }),
  open: () => ({
    check: (chunks) => {
      const feed = controlParser(({ kind }) => same(['Block', 'Notification'].includes(kind), true, 'the kind'));
      for (const chunk of chunks) feed(chunk);
    },
  }),
});

interface Pane {
  readonly id: number;
  readonly name: string;
  readonly window: string;
  readonly dead: boolean;
  readonly owner: 'ours' | 'none' | 'other';
  readonly tags: readonly [string, string, string, string];
}

const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
/** Tags are shown as they are only where the owner is ours; and there they are what we wrote, or somebody by hand. */
const tag = fc.oneof(
  { weight: 4, arbitrary: word },
  oneLine.map((text) => text.replaceAll('\t', ' ')),
);

const pane: fc.Arbitrary<Pane> = fc.record({
  id: fc.nat({ max: 5 }),
  // tmux writes odd characters in a session's name as \t, \n; a window's name it shows as it is.
  name: oneLine.map((text) => text.replaceAll('\t', '\\t')),
  window: hostile,
  dead: fc.boolean(),
  owner: fc.constantFrom('ours', 'none', 'other'),
  tags: fc.tuple(tag, tag, fc.oneof(fc.nat({ max: 99 }).map(String), tag), tag),
});

const lineOf = (nonce: string, { id, name, window, dead, owner, tags }: Pane): readonly string[] => {
  const ids = [
    nonce,
    `$${id}`,
    `@${id}`,
    `%${id}`,
    '4001',
    dead ? '1' : '0',
    dead ? '3' : '',
    '',
    '0',
    '1700000000',
    '0',
  ];
  const shown = owner === 'ours' ? tags : ['', '', '', ''];
  // A name that holds the end of a line makes two of it.
  return [...ids, name, owner === 'none' ? '' : '1', '', ...shown, window].join('\t').split('\n');
};

export const listings: Fuzz = fuzz<readonly Pane[]>({
  name: 'listing-lines',
  claim: 'a session is ours only by our own tags, whatever names and tags others give theirs',
  share: 10,
  arbitrary: fc.array(pane, { maxLength: 6 }),
  open: () => ({
    check: (panes) => {
      const nonce = 'n-7f3a';
      const sessions = parseListing(
        panes.flatMap((each) => lineOf(nonce, each)),
        'owner-1',
        nonce,
        0,
      );
      const first = new Map<string, Pane>();
      for (const each of panes) if (!first.has(`$${each.id}`)) first.set(`$${each.id}`, each);
      same(
        sessions.map(({ id, name }) => [id, name]),
        [...first].map(([id, { name }]) => [id, name]),
        'the sessions',
      );
      for (const { id, tags, claimed, createdAt, panes: found } of sessions) {
        const truth = first.get(id);
        if (tags !== null && truth?.owner !== 'ours') throw new Error(`${id} passes for ours`);
        if (tags !== null && !Number.isSafeInteger(tags.attempt)) throw new Error(`attempt ${tags.attempt}`);
        same(claimed, truth?.owner !== 'none', 'claimed');
        same(Number.isFinite(createdAt), true, 'the time');
        same(found.length, panes.filter((each) => `$${each.id}` === id).length, 'the panes');
      }
    },
  }),
});

const listedIn = (lines: readonly string[]): ReturnType<typeof parseListing> => {
  try {
    return parseListing(lines, 'owner-1', 'NONCE', 0);
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error;
    return [];
  }
};

export const listingGarbage: Fuzz = fuzz<readonly string[]>({
  name: 'listing-garbage',
  claim: 'lines that no listing has are passed over, or nothing is known; none is a session',
  share: 4,
  examples: [['NONCE'], ['NONCE\t'], [`NONCE${'\t'.repeat(50)}`]],
  arbitrary: fc.array(
    fc.array(hostile, { maxLength: 25 }).map((fields) => fields.join('\t')),
    { maxLength: 5 },
  ),
  open: () => ({
    check: (lines) => {
      for (const { id, tags, panes } of listedIn(lines)) {
        if (!/^\$\d+$/.test(id)) throw new Error(`a session ${JSON.stringify(id)}`);
        if (tags !== null && !(tags.attempt > 0)) throw new Error('a tag that is none');
        for (const { pid } of panes) same(Number.isSafeInteger(pid), true, `pid ${pid}`);
      }
      for (const { id, paths } of parseUntagged(lines, 0)) {
        if (!/^\$\d+$/.test(id) || paths.some((path) => !path.startsWith('/'))) throw new Error('no session');
      }
    },
  }),
});
