import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShardListing } from '../../src/api/observation.ts';
import { absent, present, unknown } from '../../src/api/seen.ts';
import { place } from '../../src/machines/placement.ts';

const test = suite('the tmux server a new session goes to');

/** A server with so many sessions, one that is not there (null), or one that does not answer ('?'). */
const listing = (sessions: number | null | '?', shard: number): ShardListing => {
  const seen = sessions === null ? absent : sessions === '?' ? unknown('no answer') : null;
  const listed = { id: '$0' } as never;
  return {
    shard,
    socket: `/s.${shard}`,
    server: seen ?? present({ pid: 1, startTicks: 1 }),
    sessions: seen ?? present(Array.from({ length: Number(sessions) }, () => listed)),
  };
};
const placeOn = (sessions: readonly (number | null | '?')[], external = 0, opening = new Map<number, number>()) =>
  place(sessions.map(listing), opening, 3, external);

test('servers of our own are filled one after the other, and the next is made when all are full', () => {
  assert.is(placeOn([]), 0);
  assert.is(placeOn([null]), 0);
  assert.is(placeOn([2, 0]), 0);
  assert.is(placeOn([3, 1]), 1);
  assert.is(placeOn([3, 3]), 2);
  assert.is(placeOn(['?', '?']), null);
});

test('of servers that somebody else keeps the emptiest takes the session', () => {
  assert.is(placeOn([2, 0, 1], 3), 1);
  assert.is(placeOn([1, 1], 2, new Map([[0, 1]])), 1);
});

test('no server is made that somebody else keeps: what is not there, or full, is waited for', () => {
  assert.is(placeOn([null], 1), null);
  assert.is(placeOn([null, 2, '?'], 3), 1);
  assert.is(placeOn([3, 3], 2), null);
  assert.is(placeOn([2], 1, new Map([[0, 1]])), null);
});

test('a server beyond those that are kept takes nothing new', () => {
  assert.is(placeOn([3, 0], 1), null);
});

test.run();
