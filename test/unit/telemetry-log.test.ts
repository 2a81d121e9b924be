import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trace } from '../../src/api/trace.ts';
import { createLogger, type LoggerOptions } from '../../src/telemetry/logger.ts';
import { noteLogger } from '../../src/telemetry/note-logger.ts';
import { traceLogger } from '../../src/telemetry/trace-logger.ts';

const test = suite('the log');

/** The lines that are written of these traces. */
const written = (traces: readonly Trace[], options: Partial<LoggerOptions> = {}): readonly string[] => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const tracer = traceLogger(createLogger({ level: 'info', pretty: false, destination, ...options }));
  for (const trace of traces) tracer(trace);
  return lines;
};

/** The one line of a trace, its time left out. */
const line = (trace: Trace, level: LoggerOptions['level'] = 'info'): unknown => {
  const [only, ...more] = written([trace], { level });
  assert.equal(more, []);
  const { time, ...rest } = JSON.parse(only ?? '{}') as { time: string };
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return rest;
};

const event = { type: 'Normal', reason: 'Started', message: 'attempt 1 runs', object: 'Project/web' } as const;
const pass = { trace: 'Reconciled', controller: 'project', key: 'uid', ms: 3 } as const;
const act = { trace: 'ActionDone', kind: 'StartSession', name: 'web', ms: 3.4 } as const;

test('says nothing above debug of a world that is as it should be (failure 71)', () => {
  const converged: readonly Trace[] = [
    { trace: 'Woken', controller: 'project', key: 'uid', why: 'resync' },
    { trace: 'Queue', queue: 'project', change: { change: 'added', depth: 1 } },
    { trace: 'Queue', queue: 'project', change: { change: 'started', depth: 0, waitedMs: 1 } },
    { trace: 'Planned', name: 'web', rule: 'All is as it should be.', message: '', actions: [] },
    { ...pass, result: 'success' },
    { ...pass, result: 'requeue_after' },
    { ...pass, result: 'requeue' },
    { trace: 'Queue', queue: 'project', change: { change: 'done', workedMs: 1 } },
    { trace: 'Observed', source: 'session' },
    { trace: 'ManifestsRead', good: 1, bad: 0, at: 1 },
    { ...act, kind: 'RecordState', result: 'success' },
    { trace: 'Lock', name: 'web', purpose: 'stop', change: 'busy', heldMs: 0 },
  ];
  assert.equal(written(converged), []);
  assert.ok(written(converged, { level: 'trace' }).length > 0);
});

test('tells a message that was delivered, and one that was not with the reason', () => {
  const notified = { trace: 'Notified', kind: 'email', channel: 'email' } as const;
  const delivered = { level: 'info', channel: 'email', msg: 'notification delivered' };
  assert.equal(line({ ...notified, result: 'success' }), delivered);
  assert.equal(line({ ...notified, result: 'error', error: new Error('451 later') }), {
    level: 'warn',
    channel: 'email',
    error: '451 later',
    errorType: 'Error',
    msg: 'notification not delivered',
  });
});

test('tells a change of phase with the rule that made it', () => {
  assert.equal(line({ trace: 'Committed', uid: 'u', name: 'web', rule: 'It runs.', from: 'Starting', to: 'Running' }), {
    level: 'info',
    project: 'web',
    from: 'Starting',
    to: 'Running',
    rule: 'It runs.',
    msg: 'phase changed',
  });
});

test('tells events, warnings as such', () => {
  const told = {
    project: 'web',
    object: 'Project/web',
    reason: 'Started',
    message: 'attempt 1 runs',
    msg: 'event',
  };
  assert.equal(line({ trace: 'EventRecorded', event }), { level: 'info', ...told });
  assert.equal(line({ trace: 'EventRecorded', event: { ...event, type: 'Warning' } }), { level: 'warn', ...told });
});

test('tells what was done to who debugs, for events tell what it came to, and what a dry run leaves undone', () => {
  const told = { level: 'info', project: 'web', action: 'StartSession' };
  const done = { ...told, level: 'debug', ms: 3, msg: 'action done' };
  assert.equal(line({ ...act, result: 'success' }, 'debug'), done);
  assert.equal(line({ ...act, result: 'dry_run' }), { ...told, msg: 'action not taken: dry run' });
});

test('tells of errors the message, and the stack only to who debugs', () => {
  const error = new Error('no server');
  const failed = { ...act, result: 'error', error } as const;
  const told = {
    level: 'error',
    project: 'web',
    action: 'StartSession',
    ms: 3,
    error: 'no server',
    errorType: 'Error',
    msg: 'action failed',
  };
  assert.equal(line(failed), told);
  assert.equal(line(failed, 'debug'), { ...told, stack: error.stack });
  assert.equal(line({ ...pass, result: 'error', error: 'a string' }), {
    level: 'error',
    controller: 'project',
    key: 'uid',
    error: 'a string',
    msg: 'reconcile failed',
  });
});

test('tells what could not be observed, and who took over', () => {
  assert.equal(line({ trace: 'Unknown', source: 'server', reason: 'time-out' }), {
    level: 'warn',
    source: 'server',
    reason: 'time-out',
    msg: 'observation unknown',
  });
  assert.equal(line({ trace: 'Fenced', reason: 'epoch 2' }), {
    level: 'fatal',
    reason: 'epoch 2',
    msg: 'fenced by another controller',
  });
});

test('tells once what cannot be observed, and once that it can be again (failure 71)', () => {
  const blind = { trace: 'Unknown', source: 'session', reason: 'time-out' } as const;
  const seen = { trace: 'Observed', source: 'session' } as const;
  const other = { ...blind, source: 'manifests' } as const;
  const read = { trace: 'ManifestsRead', good: 1, bad: 0, at: 1 } as const;
  const told = written([
    seen,
    blind,
    blind,
    other,
    other,
    { ...blind, reason: 'refused' },
    seen,
    seen,
    read,
    read,
    blind,
  ]);
  assert.equal(
    told.map((line) => JSON.parse(line)).map(({ level, source, reason }) => [level, source, reason]),
    [
      ['warn', 'session', 'time-out'],
      ['warn', 'manifests', 'time-out'],
      ['warn', 'session', 'refused'],
      ['info', 'session', undefined],
      ['info', 'manifests', undefined],
      ['warn', 'session', 'time-out'],
    ],
  );
});

test('hides values of environment variables that errors and messages quote', () => {
  const command = `tmux new-session -e TMUXLET_UID=u1 -e API_TOKEN=hunter2 -e "OTHER='two words'" failed`;
  const hidden = 'tmux new-session -e TMUXLET_UID=u1 -e API_TOKEN=*** -e "OTHER=***" failed';
  const error = new Error(command);
  const lines = written(
    [
      { ...act, result: 'error', error },
      { ...pass, result: 'error', error },
      { trace: 'EventRecorded', event: { ...event, message: command } },
      { trace: 'Unknown', source: 'server', reason: command },
    ],
    { level: 'debug' },
  );
  assert.is(lines.length, 4);
  for (const each of lines) {
    assert.ok(each.includes(JSON.stringify(hidden).slice(1, -1)));
    assert.not(/hunter2|two words/.test(each));
  }
});

test('has the id, the Project and the attempt of the pass in every line that belongs to one', () => {
  const ids = { reconcileId: '0123456789ab', controller: 'project', project: 'web', attempt: 2 };
  const traces: readonly Trace[] = [
    { ...pass, result: 'error', error: new Error('no') },
    { trace: 'Committed', uid: 'u', name: 'web', rule: 'It runs.', from: 'Starting', to: 'Running' },
    { trace: 'EventRecorded', event },
    { ...act, result: 'success' },
    { trace: 'Unknown', source: 'server', reason: 'time-out' },
    { trace: 'Observed', source: 'server' },
    { trace: 'Planned', name: 'web', rule: 'It runs.', message: '', actions: [] },
    { trace: 'Woken', controller: 'project', key: 'u', why: 'resync' },
    { trace: 'Lock', name: 'web', purpose: 'stop', change: 'busy', heldMs: 0 },
    { trace: 'Beats', name: 'web', source: 'File', beats: 1, limited: 0 },
    { trace: 'PreflightChecked', name: 'web', checks: [] },
    { trace: 'Queue', queue: 'project', change: { change: 'added', depth: 1 } },
  ];
  const { reconcileId: id, ...whose } = ids;
  const lines = written(
    traces.map((trace) => ({ ...trace, pass: { id, ...whose } })),
    { level: 'trace' },
  );
  assert.is(lines.length, traces.length);
  for (const each of lines) assert.equal({ ...JSON.parse(each), ...ids }, JSON.parse(each), each);
});

test('says of a pass that is about no Project only which it was', () => {
  const told = { trace: 'Unknown', source: 'manifests', reason: 'gone' } as const;
  assert.equal(line({ ...told, pass: { id: 'ab', controller: 'manifest', project: null, attempt: null } }), {
    level: 'warn',
    reconcileId: 'ab',
    controller: 'manifest',
    source: 'manifests',
    reason: 'gone',
    msg: 'observation unknown',
  });
});

test('names the code of an error that has one', () => {
  const error = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  const { errorType, errorCode } = line({ ...act, result: 'error', error }) as Record<string, unknown>;
  assert.equal([errorType, errorCode], ['Error', 'ENOENT']);
});

test('writes what adapters note with constant words, and masks the rest', () => {
  const lines: string[] = [];
  const destination = { write: (text: string) => void lines.push(text) };
  const note = noteLogger(createLogger({ level: 'info', pretty: false, destination }));
  note('warn', 'no control client', { shard: 1, error: 'refused with TOKEN=hunter2 at https://me:hunter2@host/' });
  const { time: _, ...told } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
  assert.equal(told, {
    level: 'warn',
    shard: 1,
    error: 'refused with TOKEN=*** at https://***@host/',
    msg: 'no control client',
  });
});

test('is a sentence where people read it', () => {
  const lines = written(
    [
      { trace: 'EventRecorded', event },
      { trace: 'EventRecorded', event: { ...event, type: 'Warning' } },
      { trace: 'Committed', uid: 'u', name: 'web', rule: 'all is well', from: 'Starting', to: 'Running' },
      { ...act, result: 'dry_run' },
    ],
    { pretty: true },
  );
  const words = lines.map((each) => each.replace(/^\d\d:\d\d:\d\d /, ''));
  assert.equal(words, [
    'web Started: attempt 1 runs\n',
    'warn web Started: attempt 1 runs\n',
    'web Starting -> Running (all is well)\n',
    'action not taken: dry run project=web action=StartSession\n',
  ]);
});

test.run();
