import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withinTime } from '../../src/adapters/manifests/listing.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import { present, type Seen } from '../../src/api/seen.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('a manifest directory that does not answer');

test('is Unknown in time, is not asked again while it hangs, and Present when it is back (I10, failure 64)', async () => {
  let begun = 0;
  let answer: (listing: Seen<readonly SpecFile[]>) => void = () => {};
  const list = withinTime(() => {
    begun += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  }, 10);
  const reasonOf = (listing: Seen<unknown>): string => (listing.seen === 'Unknown' ? listing.reason : listing.seen);

  assert.match(reasonOf(await list()), 'does not answer');
  assert.match(reasonOf(await list()), 'hangs');
  assert.is(begun, 1);

  answer(present([]));
  await eventually(async () => {
    const listing = list();
    answer(present([]));
    return (await listing).seen === 'Present';
  });
});

test.run();
