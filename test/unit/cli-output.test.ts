import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLiveRegion } from '../../src/cli/live-region.ts';
import { ageText, spanText } from '../../src/cli/output/age.ts';
import { descriptionText } from '../../src/cli/output/description.ts';
import { spanOf } from '../../src/cli/output/duration.ts';
import { tableText, widthsOf } from '../../src/cli/output/table.ts';
import { UserError } from '../../src/api/errors.ts';
import { newMemory } from '../../src/api/memory.ts';
import type { Description } from '../../src/server/views/description.ts';
import { projectObject } from '../../src/server/views/project.ts';
import { attemptOf, manifestOf } from '../helpers/store.ts';
import { Writable } from 'node:stream';

const test = suite('output');

test('a span has two units while the second still matters', () => {
  for (const [seconds, text] of [
    [-5, '0s'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [135, '2m15s'],
    [600, '10m'],
    [3 * 3600 - 1, '179m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 60, '3h1m'],
    [8 * 3600, '8h'],
    [50 * 3600, '2d2h'],
    [9 * 86_400, '9d'],
  ] as const) {
    assert.is(spanText(seconds * 1000), text);
  }
  assert.is(ageText(null, 5), '<none>');
});

test('a span is read as it is written, bare numbers being seconds', () => {
  for (const [text, ms] of [
    ['90', 90_000],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['250ms', 250],
    ['0.5s', 500],
  ] as const) {
    assert.is(spanOf('--timeout', text), ms);
  }
  assert.throws(
    () => spanOf('--timeout', 'soon'),
    (error: Error) => error instanceof UserError && error.exitCode === 2 && error.message.startsWith('--timeout: '),
  );
});

test('columns are as wide as their widest cell, without borders and without blanks at the end', () => {
  assert.is(
    tableText([
      ['NAME', 'PHASE'],
      ['web', 'Running'],
      ['a-longer-one', ''],
    ]),
    ['NAME           PHASE', 'web            Running', 'a-longer-one'].join('\n'),
  );
});

test('rows that come later keep the columns of the table', () => {
  const widths = widthsOf([['web', 'Running']], widthsOf([['a-longer-one', 'x']]));
  assert.is(tableText([['web', 'Running']], widths), 'web            Running');
});

test('a message can neither tear the table nor speak to the terminal', () => {
  const text = tableText([['one\ntwo', `${picocolors.createColors(true).red('r')}\u001b]0;title\u0007`]]);
  assert.is(text.split('\n').length, 1);
  assert.not.match(text, /\u001b\]/);
  assert.match(text, '\u001b[31mr\u001b[39m');
});

test('a live region redraws its lines in place, below what is logged', () => {
  let screen = '';
  const terminal = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        screen += chunk.toString();
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 5 },
  );
  const region = createLiveRegion(terminal);
  region.draw(['A', 'B']);
  region.log.write('logged\n');
  assert.is(stripVTControlCharacters(screen), 'A\nB\nlogged\nA\nB\n');
  assert.ok(screen.includes('\u001b[2A\u001b[0J'), 'goes up two lines and clears them');
  screen = '';
  region.draw(['1', '2', '3', '4', '5', '6']);
  assert.is(stripVTControlCharacters(screen), '1\n2\n3\n… 3 more\n');
});

const NOW = Date.UTC(2026, 0, 1);
const story = (): Description => {
  const { spec } = manifestOf('web', { backoffLimit: 3 });
  const memory = {
    ...newMemory,
    phase: 'BackingOff',
    reason: 'Exited',
    message: 'exit code 1',
    attempt: 2,
    failures: 1,
    notBefore: { since: { wallMs: NOW, monotonicMs: 0, bootId: 'b' }, forMs: 10_000 },
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'BackingOff',
        message: 'waits',
        lastTransitionTime: '2025-12-31T23:59:00Z',
        observedGeneration: 1,
      },
    ],
  } as const;
  const row = {
    uid: 'uid-web',
    name: 'web',
    labels: { team: 'a' },
    annotations: {},
    generation: 1,
    resourceVersion: 1,
    spec,
    file: '/m/web.json',
    manifestError: '/m/web.json:3:1: torn',
    createdAt: NOW - 3_600_000,
    deletion: null,
    admittedAt: null,
    memory,
  };
  const attempt = attemptOf('uid-web', 2, {
    sessionName: 'web',
    startedAt: NOW - 60_000,
    endedAt: NOW - 1000,
    cause: 'Exited',
    resumed: true,
  });
  const run = {
    uid: 'uid-web',
    attempt: 2,
    window: 'main',
    run: 1,
    pid: 77,
    startedAt: NOW - 60_000,
    endedAt: NOW - 1000,
    exitCode: 1,
    lastLines: 'compiling\nerror: no such file\n',
  };
  return {
    project: projectObject(row, attempt, () => '/s/tmux.sock'),
    file: row.file,
    manifestError: row.manifestError,
    deletion: null,
    heartbeat: {
      source: 'File',
      lastBeatAt: NOW - 42_000,
      progress: '3 of 7 \u001b[2J',
      sequence: 12,
      stale: true,
      extensions: 1,
      maxExtensions: 3,
      deadlineAt: NOW + 90_000,
    },
    attempts: [{ ...attempt, runs: [run] }],
    preflight: {
      generation: 1,
      at: NOW,
      checks: [{ check: 'git', name: 'git', result: 'Pass', message: 'clean', remedy: '' }],
    },
    pendingCommand: {
      id: 'c',
      verb: 'restart',
      project: 'web',
      requestedAt: NOW - 5000,
      acknowledgedAt: null,
      result: null,
    },
    events: [
      {
        id: 1,
        type: 'Warning',
        reason: 'Exited',
        message: 'exit code 1',
        object: 'Project/web',
        count: 2,
        firstAt: NOW - 9000,
        lastAt: NOW - 1000,
      },
    ],
  };
};

test('a description tells the story: what is wanted, how it stands, what was tried, what happened', () => {
  const text = descriptionText(story(), NOW, picocolors.createColors(false));
  for (const part of [
    /^Name: +web$/m,
    /^Phase: +BackingOff \(Exited\): exit code 1$/m,
    /^Manifest error: +\/m\/web\.json:3:1: torn$/m,
    /^Failures: +1 \(backoffLimit 3\)$/m,
    /^Next attempt: +in 10s$/m,
    /^Heartbeat: +42s ago \(File, number 12\), stale$/m,
    /^Progress: +3 of 7 +\[2J$/m,
    /^Extensions: +1 of 3$/m,
    /^Deadline: +in 90s of running$/m,
    /^Pending: +restart, asked for 5s ago$/m,
    /^Spec:\n {2}path: \/srv$/m,
    /^ {2}Ready +False +BackingOff +60s +waits$/m,
    /^ {2}git +Pass +clean$/m,
    /^ {2}2: session web, resumed, started 60s ago, ended 1s ago \(Exited\)$/m,
    /^ {4}main, run 1: exit code 1 after 59s$/m,
    /^ {6}\| error: no such file$/m,
    /^ {2}Warning +Exited +1s +2 +exit code 1$/m,
  ]) {
    assert.match(text, part);
  }
});

test.run();
