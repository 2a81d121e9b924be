import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TmuxCommand, TmuxCommands } from '../../src/adapters/tmux/command.ts';
import { toLine } from '../../src/adapters/tmux/command.ts';
import { ControlClient } from '../../src/adapters/tmux/control-client.ts';
import { runPlain } from '../../src/adapters/tmux/plain-client.ts';
import { literalFormat, literalTimeFormat } from '../../src/adapters/tmux/quote.ts';
import { BASE_ENV, clock, tmuxBed } from '../helpers/tmux-server.ts';

const bed = await tmuxBed();
const options = {
  tmux: 'tmux',
  socket: bed.socket,
  configFile: '/dev/null',
  env: BASE_ENV,
  clock,
  deadlineMs: 5000,
};
const client = new ControlClient({
  ...options,
  first: [['new-session', '-A', '-s', 'quiet', '--', 'sleep', '1000']],
  mayStart: true,
  onNotification: () => {},
  onEnd: () => {},
});
await client.ready;

/** Everything that some parser on the way could trip over, and everything else. */
const signs = '" \' \\ $ # ; ~ % { } [ ] ` ! * & | ( ) < > \n \r \t \x1b \x7f - = : . , é ☃ 😀 e\u0301 \u200d'.split(
  ' ',
);
const words = '$HOME #{pid} #[x] ## #(id) %H \\n \\u00e9 \\101 \\; %begin %if'.split(' ');
const special = fc.constantFrom(' ', ' ; ', ...signs, ...words);
const text = fc.oneof(
  fc.array(special, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.tuple(fc.string({ maxLength: 8 }), special).map((pieces) => pieces.join('')),
);

const holds = (transport: (written: string) => Promise<readonly string[]>, runs = 300): Promise<void> =>
  fc.assert(
    fc.asyncProperty(text, async (written) => {
      const read = await transport(written);
      assert.is(read.join('\n'), written);
    }),
    {
      numRuns: runs,
      examples: [[''], [';'], ['a;'], ['\\;'], ['-t'], ['~"'], ['\n'], ['#['], ['##['], ['\r'], ['%%']],
    },
  );

const show: TmuxCommand = ['display-message', '-p', '#{@word}'];
const keep = (word: string): TmuxCommand => ['set-option', '-g', '@word', word];
const nested = (commands: TmuxCommands): TmuxCommand => ['if-shell', '-F', '1', toLine(commands)];

const test = suite('tmux quoting');
test.after(async () => {
  await client.close();
  await bed.end();
});

test('a control client takes any word as it stands', () => holds((word) => client.run([keep(word), show])));

test('a word stands within a command within a command within a command', () =>
  holds((word) => client.run([nested([nested([keep(word)])]), show])));

test('a plain client takes any word as it stands', () => holds((word) => runPlain(options, [keep(word), show]), 60));

test('a word means itself where tmux expands formats', () =>
  holds((word) => client.run([['set-option', '-gF', '@word', literalFormat(word)], show])));

test('a word means itself where tmux expands formats and the time', () =>
  holds((word) => client.run([['display-message', '-p', '--', literalTimeFormat(word)]])));

test('a NUL is refused before anything is sent', () => {
  assert.throws(() => toLine([keep('a\0b')]), /NUL/);
});

test.run();
