import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetOf } from '../chaos/fleet.ts';
import { Ledger } from '../chaos/ledger.ts';
import { Beats } from '../chaos/observer/beats.ts';
import { Bystanders } from '../chaos/observer/bystanders.ts';
import { livingOf, OwnProcesses } from '../chaos/observer/processes.ts';
import { OwnSessions } from '../chaos/observer/sessions.ts';
import { lifeOf } from '../chaos/proc.ts';
import { randomOf } from '../chaos/random.ts';
import { nowMs } from '../chaos/time.ts';
import type { Session } from '../chaos/tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Bench {
  readonly path: string;
  readonly beatsFile: string;
  readonly ledger: Ledger;
  readonly beats: Beats;
  remove(): void;
}

const test = suite<Bench>('the observer of chaos');

test.before.each((context) => {
  const { path, remove } = temporaryFolder();
  const beatsFile = join(path, 'beats');
  writeFileSync(beatsFile, '');
  const ledger = new Ledger(join(path, 'history'), fleetOf(12, path, beatsFile, randomOf(1)));
  Object.assign(context, { path, beatsFile, ledger, beats: new Beats(beatsFile, ledger), remove });
});
test.after.each(({ beats, remove }) => {
  beats.close();
  remove();
});

/** Signs of life as the programs write them, one a word. */
const write = ({ beatsFile, beats }: Bench, ...lines: readonly string[]): void => {
  for (const line of lines) appendFileSync(beatsFile, `${line} ${(nowMs() / 1000).toFixed(6)}\n`);
  beats.read();
};

const rules = ({ ledger }: Bench): readonly string[] => ledger.violations.map(({ rule }) => rule);
const windowOf = ({ ledger }: Bench, key: string) => {
  const window = ledger.windows.get(key);
  if (window === undefined) throw new Error(`there is no window ${key}`);
  return window;
};

test('lets pass a run that ends by a fault and comes back, and measures how long that took', (bench) => {
  write(bench, 'p-1/main 10.1 start', 'p-1/main 10.1 beat');
  bench.ledger.breaks([windowOf(bench, 'p-1/main')], 'primary killed');
  write(bench, 'p-1/main 11.2 start', 'p-1/main 11.2 beat');
  assert.equal(rules(bench), []);
  assert.is(bench.ledger.repairs.length, 2);
});

test('sees by the order of signs alone that an earlier run writes beside a later one (I1)', (bench) => {
  write(bench, 'p-1/main 10.1 start');
  bench.ledger.breaks([windowOf(bench, 'p-1/main')], 'primary killed');
  write(bench, 'p-1/main 11.2 start', 'p-1/main 10.1 beat');
  assert.equal(rules(bench), ['I1']);
});

test('sees a helper that outlives its run into the next (I1)', (bench) => {
  write(bench, 'p-2/main 10.1 start', 'p-2/main+helper 12.1 start');
  bench.ledger.breaks([windowOf(bench, 'p-2/main')], 'primary killed');
  write(bench, 'p-2/main 11.2 start', 'p-2/main+helper 12.1 beat');
  assert.equal(rules(bench), ['I1']);
});

test('sees a run that was begun anew though nothing was done to the one before', (bench) => {
  write(bench, 'p-1/main 10.1 start', 'p-1/main 11.2 start');
  assert.equal(rules(bench), ['needless']);
});

test('lets pass a run that a second blow ends before anybody has seen that it had begun', (bench) => {
  const window = windowOf(bench, 'p-1/main');
  write(bench, 'p-1/main 10.1 start');
  bench.ledger.breaks([window], 'primary killed');
  appendFileSync(bench.beatsFile, `p-1/main 11.2 start ${(nowMs() / 1000).toFixed(6)}\n`);
  bench.ledger.breaks([window], 'session killed');
  write(bench, 'p-1/main 12.3 start');
  assert.equal(rules(bench), []);
});

test('sees what is suspended and runs, and what is complete and runs again', (bench) => {
  write(bench, 'p-5/main 10.1 start', 'p-5/main 10.1 done', 'p-8/main 11.1 start');
  bench.ledger.completed('p-5');
  write(bench, 'p-5/main 12.1 start');
  assert.equal(rules(bench), ['convergence', 'completed']);
});

test('sees two processes of one window by their command lines (I1)', async (bench) => {
  const script = join(bench.path, 'sleep.pl');
  writeFileSync(script, 'sleep 60;');
  const children = [1, 2].map(() => spawn('perl', [script, bench.beatsFile, 'p-1/main']));
  try {
    await eventually(() => livingOf(bench.beatsFile).get('p-1/main')?.length === 2);
    await new OwnProcesses().judge(livingOf(bench.beatsFile), bench.beatsFile, bench.ledger);
    assert.equal(rules(bench), ['I1']);
  } finally {
    const ended = children.map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
  }
});

const sessionOf = (id: string, more: Partial<Session> = {}): Session => ({
  socket: '/s',
  server: process.pid,
  id,
  name: 'x',
  owner: '',
  uid: '',
  project: '',
  isControl: false,
  panes: [{ id: '%1', pid: process.pid, dead: false, window: 'main' }],
  ...more,
});

test('sees two sessions with one uid, if they are still there at a second look (I1)', async (bench) => {
  const both = ['$1', '$2'].map((id) => sessionOf(id, { owner: 'o', uid: 'u' }));
  await new OwnSessions(
    bench.ledger,
    async () => both.slice(1),
    () => false,
  ).judge(both);
  assert.equal(rules(bench), []);
  await new OwnSessions(
    bench.ledger,
    async () => both,
    () => false,
  ).judge(both);
  assert.equal(rules(bench), ['I1']);
});

test('sees a foreign session that was ended, renamed, tagged or typed into (I2)', (bench) => {
  const record = join(bench.path, 'bystanders');
  const me = lifeOf(process.pid);
  if (me === null) throw new Error('this process has no life');
  const judged = (typed: string, ...sessions: readonly Session[]): readonly string[] => {
    writeFileSync(record, typed);
    const bystanders = new Bystanders(record, bench.ledger);
    bystanders.add({ id: 1, server: me, session: '$1', name: 'x', pane: me, since: 0 });
    const before = bench.ledger.violations.length;
    bystanders.judge(new Map([[process.pid, sessions]]), nowMs());
    return bench.ledger.violations.slice(before).map(({ rule, message }) => `${rule} ${message.replace(/^.*: /, '')}`);
  };
  assert.equal(judged('1 start 7\n', sessionOf('$1')), []);
  assert.equal(judged('', sessionOf('$2')), ['I2 its session is gone']);
  assert.equal(judged('', sessionOf('$1', { name: 'y' })), ['I2 its session was renamed to "y"']);
  assert.equal(judged('', sessionOf('$1', { owner: 'o', uid: 'u' })), ['I2 its session was tagged (o, u)']);
  assert.equal(judged('1 typed 03\n', sessionOf('$1')), ['I2 into bystander 1 was typed "\\u0003"']);
});

test.run();
