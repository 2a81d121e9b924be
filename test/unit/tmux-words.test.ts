import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lastLines } from '../../src/adapters/tmux/capture.ts';
import { classify } from '../../src/adapters/tmux/classify.ts';
import { toArguments, toLine } from '../../src/adapters/tmux/command.ts';
import { controlParser } from '../../src/adapters/tmux/control-parser.ts';
import type { ControlMessage } from '../../src/adapters/tmux/control-parser.ts';
import { staleClients } from '../../src/adapters/tmux/control-session.ts';

const parse = (chunks: readonly string[]): readonly ControlMessage[] => {
  const messages: ControlMessage[] = [];
  const feed = controlParser((message) => void messages.push(message));
  for (const chunk of chunks) feed(chunk);
  return messages;
};

const test = suite('tmux words');

const STREAM = [
  '%begin 1795360291 261 0',
  '%end 1795360291 261 0',
  '%sessions-changed',
  '%session-changed $0 _tmuxlet-x',
  '%begin 1795360291 270 1',
  'a screen that shows',
  '%end 1795360291 261 0',
  '%error 1795360291 269 1',
  '',
  '%begin 1 2 3',
  '%end 1795360291 270 1',
  '%begin 1795360291 271 1',
  'duplicate session: a',
  '%error 1795360291 271 1',
  '%exit server exited',
  '',
].join('\n');

const MESSAGES: readonly ControlMessage[] = [
  { kind: 'Block', lines: [], failed: false },
  { kind: 'Notification', name: 'sessions-changed' },
  { kind: 'Notification', name: 'session-changed' },
  {
    kind: 'Block',
    lines: ['a screen that shows', '%end 1795360291 261 0', '%error 1795360291 269 1', '', '%begin 1 2 3'],
    failed: false,
  },
  { kind: 'Block', lines: ['duplicate session: a'], failed: true },
  { kind: 'Notification', name: 'exit' },
];

test('a block ends with its own guard only, whatever its lines look like', () => {
  assert.equal(parse([STREAM]), MESSAGES);
});

test('however the stream is cut, the messages are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const chunks = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
      assert.equal(parse(chunks), MESSAGES);
    }),
  );
});

test('the words of tmux are classified once', () => {
  for (const [said, kind] of [
    ['duplicate session: a', 'DuplicateName'],
    ["can't find session: $7", 'NotFound'],
    ["can't find pane: %9\n", 'NotFound'],
    ['no such window: =a:=h', 'NotFound'],
    ['no server running on /tmp/s', 'Unreachable'],
    ['error connecting to /tmp/s (No such file or directory)', 'Unreachable'],
    ['server exited unexpectedly', 'Unreachable'],
    ['lost server', 'Unreachable'],
    ['create window failed: fork failed: Resource temporarily unavailable', 'Refused'],
    ['', 'Refused'],
  ] as const) {
    assert.is(classify(said).kind, kind, said);
    assert.ok(classify(said).message);
  }
});

test('commands are one line, whatever their words hold', () => {
  const line = toLine([
    ['send-keys', '-l', 'a\nb;"$~'],
    ['kill-session', '-t', '$7'],
  ]);
  assert.is(line, 'send-keys "-l" "a\\012b;\\"\\$\\176" ; kill-session "-t" "\\$7"');
  assert.equal(toArguments([['a', 'b;', ';', 'c;d'], ['e']]), ['a', 'b\\;', '\\;', 'c;d', ';', 'e']);
});

test('the last lines of a screen are without the blank ones below it', () => {
  assert.is(lastLines(['one', 'two  ', '', 'three', '', '   ', ''], 3), 'two\n\nthree');
  assert.is(lastLines(['one'], 200), 'one');
  assert.is(lastLines(['', ' '], 200), '');
});

test('only control clients in our own quiet session are stale', () => {
  const lines = [
    '11\t1\tcontrol\tme',
    '12\t1\tcontrol\tother',
    '13\t0\tcontrol\tme',
    '14\t1\t\t',
    '15\t1\tcontrol\tme',
  ];
  assert.equal(staleClients(lines, 'me', 15), [11]);
});

test.run();
