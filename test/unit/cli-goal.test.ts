import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConditionType } from '../../src/api/condition.ts';
import { UserError } from '../../src/api/errors.ts';
import type { ProjectObject } from '../../src/api/project.ts';
import { parseGoal } from '../../src/cli/goal.ts';

const test = suite('wait --for');

const project = (phase: string, conditions: Partial<Record<ConditionType, string>> = {}): ProjectObject =>
  ({
    status: { phase, conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  }) as unknown as ProjectObject;

test('a phase is reached when the Project is in it', () => {
  assert.ok(parseGoal('phase=Running')(project('Running')));
  assert.not(parseGoal('phase=Running')(project('Starting')));
  assert.not(parseGoal('phase=Running')(null));
  assert.ok(parseGoal('phase=backingoff')(project('BackingOff')));
});

test('a condition is reached when it is True, or what was asked for', () => {
  assert.ok(parseGoal('condition=Ready')(project('Running', { Ready: 'True' })));
  assert.not(parseGoal('condition=Ready')(project('Running', { Ready: 'Unknown' })));
  assert.not(parseGoal('condition=Ready')(project('Running')));
  assert.ok(parseGoal('condition=ready=false')(project('Running', { Ready: 'False' })));
});

test('delete is reached when there is no such Project', () => {
  assert.ok(parseGoal('delete')(null));
  assert.not(parseGoal('delete')(project('Terminating')));
});

test('what cannot be waited for is a mistake of usage, with a suggestion', () => {
  const complaint = (text: string): string => {
    try {
      parseGoal(text);
    } catch (error) {
      assert.is((error as UserError).exitCode, 2);
      return (error as UserError).message;
    }
    return assert.unreachable(text) as never;
  };
  assert.match(complaint('phase=Runing'), 'did you mean "Running"?');
  assert.match(complaint('condition=Readi'), 'did you mean "Ready"?');
  assert.match(complaint('condition=Ready=maybe'), 'there is no status "maybe"');
  for (const text of ['', 'ready', 'delete=x', 'phase=A=B', 'condition=Ready=True=x']) {
    assert.match(complaint(text), '--for: ');
  }
});

test.run();
