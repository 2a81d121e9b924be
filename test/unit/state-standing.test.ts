import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NewEvent } from '../../src/api/event.ts';
import type { Mismatch, SkippedSource, StandingMismatch } from '../../src/api/mismatch.ts';
import { mismatch } from '../../src/machines/synchronize/kinds.ts';
import { standingAfter } from '../../src/machines/synchronize/standing.ts';

const test = suite('standing mismatches');

const EVERY = 10_000;
const HOUR = 3_600_000;

const dead = mismatch('DeadSession', 'Project/web', 'Resume', 'gone', 'uid-web');
const lost = mismatch('MissingName', 'Project/web', 'Repair', 'no name', 'uid-web');
const torn = mismatch('TornStateFile', 'StateFile/web.json', 'Hold', 'torn', null);

/** Pass after pass over what stands. */
class Passes {
  standing: readonly StandingMismatch[] = [];
  at = 0;
  mending = true;
  skipped: readonly SkippedSource[] = [];
  moving = new Set<string>();

  /** What a pass tells that finds this, so much later. */
  find(afterMs: number, ...mismatches: Mismatch[]): readonly string[] {
    this.at += afterMs;
    const { now, events } = standingAfter({
      before: this.standing,
      found: { mismatches, skipped: this.skipped },
      moving: this.moving,
      countEveryMs: EVERY,
      mending: this.mending,
      at: this.at,
    });
    this.standing = now;
    return events.map(({ type, reason, object }: NewEvent) => `${type} ${reason} ${object}`);
  }
}

test('what is new is told once, and once that it is over', () => {
  const passes = new Passes();
  assert.equal(passes.find(0, torn), ['Normal TornStateFile StateFile/web.json']);
  assert.equal(passes.find(EVERY, torn), []);
  assert.equal(passes.find(EVERY), ['Normal StateAgrees StateFile/web.json']);
  assert.equal(passes.find(EVERY), []);
  assert.equal(passes.standing, []);
});

test('a critical one that stays alerts once after three passes, and once more when it is over', () => {
  const passes = new Passes();
  assert.equal(passes.find(0, dead), ['Normal DeadSession Project/web']);
  assert.equal(passes.find(EVERY, dead), []);
  assert.equal(passes.find(EVERY, dead), ['Warning StateMismatchUnresolved Project/web']);
  for (let count = 0; count < 500; count += 1) assert.equal(passes.find(EVERY, dead), []);
  assert.equal(passes.find(EVERY), ['Normal StateMismatchCleared Project/web']);
});

test('what is not critical never alerts', () => {
  const passes = new Passes();
  passes.find(0, torn);
  for (let count = 0; count < 10; count += 1) assert.equal(passes.find(EVERY, torn), []);
});

test('passes that follow each other closely count as one', () => {
  const passes = new Passes();
  passes.find(0, dead);
  for (let count = 0; count < 9; count += 1) assert.equal(passes.find(1_000, dead), []);
  assert.is(passes.standing[0]?.passes, 1);
});

test('one that comes and goes alerts no more than once in an hour', () => {
  const passes = new Passes();
  const rounds = (): number => {
    let alerts = 0;
    for (let count = 0; count < 5; count += 1) {
      const told = [...passes.find(EVERY, dead), ...passes.find(EVERY, dead), ...passes.find(EVERY, dead)];
      alerts += told.filter((each) => each.includes('StateMismatchUnresolved')).length;
      passes.find(EVERY);
    }
    return alerts;
  };
  assert.is(rounds(), 1);
  passes.find(HOUR);
  assert.is(rounds(), 1);
});

test('what its sources cannot show is not taken for over, nor what is on the move', () => {
  const passes = new Passes();
  passes.find(0, dead);
  passes.skipped = [{ source: 'tmux', reason: 'no answer' }];
  assert.equal(passes.find(EVERY), []);
  assert.is(passes.standing.length, 1);
  passes.skipped = [{ source: 'stateFiles', reason: 'no answer' }];
  passes.moving.add('uid-web');
  assert.equal(passes.find(EVERY), []);
  passes.moving.clear();
  assert.equal(passes.find(EVERY), ['Normal StateAgrees Project/web']);
});

test('while mending is off, what would be mended is told as that, and what goes on as ever is not', () => {
  const passes = new Passes();
  passes.mending = false;
  assert.equal(passes.find(0, lost, dead), ['Normal StateSyncDryRun Project/web', 'Normal DeadSession Project/web']);
  assert.equal(passes.find(EVERY, lost, dead), []);
});

test('a restart tells nothing again: what stands is what was stored', () => {
  const passes = new Passes();
  passes.find(0, dead);
  const restarted = new Passes();
  restarted.at = passes.at;
  restarted.standing = structuredClone(passes.standing);
  assert.equal(restarted.find(EVERY, dead), []);
  assert.equal(restarted.find(EVERY, dead), ['Warning StateMismatchUnresolved Project/web']);
});

test('a clock that was set back neither alerts nor keeps from alerting', () => {
  const passes = new Passes();
  passes.find(HOUR * 10, dead);
  assert.equal(passes.find(-HOUR * 5, dead), []);
  assert.equal(passes.find(EVERY, dead), ['Warning StateMismatchUnresolved Project/web']);
});

test.run();
