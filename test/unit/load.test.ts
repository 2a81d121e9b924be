import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noRoomFor } from '../../bench/load/room.ts';

const GIBIBYTE = 1024 ** 3;

const test = suite('the room for a load');

test('who fits is not refused, and who counts on no limit neither', () => {
  assert.is(noRoomFor(100, { sessions: 100, limit: 'the machine is full' }, GIBIBYTE), null);
  assert.is(noRoomFor(100, null, GIBIBYTE), null);
});

test('what runs out first is named', () => {
  assert.is(
    noRoomFor(100, { sessions: 99, limit: 'the machine has no open files: raise ulimit -n' }, GIBIBYTE),
    'There is room for 99 sessions, and not for 100; after those the machine has no open files: raise ulimit -n.',
  );
  assert.is(noRoomFor(1000, null, GIBIBYTE), '1000 Projects need some 2000 MiB of memory, and 1024 MiB can be had.');
});

test.run();
