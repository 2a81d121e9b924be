import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import type { TmuxCommands } from '../../src/adapters/tmux/command.ts';
import { guarded, isOurs, unlessWindow } from '../../src/adapters/tmux/guard.ts';
import { listCommand } from '../../src/adapters/tmux/listing.ts';
import { observed, purposeOf } from '../../src/adapters/tmux/observer.ts';
import { addWindowCommands, createCommands, typeCommands } from '../../src/adapters/tmux/session-commands.ts';
import { TMUX_ERRORS, TmuxError, type TmuxErrorKind } from '../../src/api/ports/tmux.ts';

const test = suite('what is told of commands to tmux');

const window = { name: 'main', argv: ['/bin/sh', '/secret/path'], cwd: '/secret/path', logFile: null };
const tags = { owner: 'us', uid: 'u', project: 'web', attempt: 1, specHash: 'v1-0' };
const ours = isOurs('us', 'u');

test('a line is named after what it does, guarded or not, and never after what a manifest says', () => {
  const named: readonly (readonly [string, TmuxCommands])[] = [
    ['list-panes', [listCommand('us', 'nonce')]],
    ['new-session', createCommands({ shard: 0, name: 'web', tags, windows: [window] }, 'birth')],
    ['kill-session', [guarded('$1', ours, [['kill-session', '-t', '$1']])]],
    ['send-keys', [guarded('%1', ours, typeCommands('%1', 'kill-session'))]],
    ['new-window', [guarded('$1', ours, [unlessWindow('$1', 'main', addWindowCommands('$1:', window))])]],
    ['other', [['source-file', '/secret/path']]],
  ];
  for (const [name, commands] of named) assert.is(purposeOf(commands), name);
});

test('every way to fail is one of four results, but that no server is there: then nobody was asked', async () => {
  const results = new Map<TmuxErrorKind | 'none', string>();
  for (const kind of TMUX_ERRORS) {
    const answered = (_command: string, result: string): void => void results.set(kind, result);
    const fail = () => Promise.reject(new TmuxError(kind, 'web at /secret/path'));
    await observed(fail, { answered }, systemClock())([['list-panes']]).catch(() => {});
  }
  const answered = (_command: string, result: string): void => void results.set('none', result);
  await observed(async () => [], { answered }, systemClock())([['list-panes']]);
  assert.equal(Object.fromEntries(results), {
    Unreachable: 'unreachable',
    NotFound: 'refused',
    DuplicateName: 'refused',
    NotOurs: 'refused',
    TimedOut: 'timeout',
    Refused: 'refused',
    none: 'success',
  });
});

test.run();
