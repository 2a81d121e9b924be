import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedNames } from '../../src/machines/manifests/session-names.ts';
import { manifestOf } from '../helpers/store.ts';

const test = suite('session names of several manifests');

const named = (name: string, session: string, conflictPolicy = 'Rename') =>
  manifestOf(name, {
    conflictPolicy,
    session: { name: session, windows: [{ name: 'main', command: 'work' }] },
  });

test('names that differ share nothing, however alike they begin (failure 55)', () => {
  assert.equal(sharedNames([manifestOf('feat'), manifestOf('feat-2'), named('other', 'feature')]), []);
});

test('two that take another name if need be are told of', () => {
  const [shared] = sharedNames([named('b', 'web'), manifestOf('web')]);
  assert.equal(shared?.projects, ['b', 'web']);
  assert.not(shared?.blocks);
  assert.match(shared?.message ?? '', /projects b, web ask for one session name, "web".*second gets another name/);
});

test('where one of them insists on the name, one cannot run', () => {
  for (const policy of ['Adopt', 'Replace', 'Fail']) {
    const [shared] = sharedNames([manifestOf('web'), named('b', 'web', policy)]);
    assert.ok(shared?.blocks);
    assert.match(shared?.message ?? '', new RegExp(`conflictPolicy ${policy} project "b" does not run beside another`));
  }
});

test.run();
