import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const contender = fileURLToPath(import.meta.resolve('../helpers/lock-contender.ts'));
const newFolder = (name: string): string => {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
};

const test = suite('locks, proven');

test.after(folder.remove);

test('of 4,000 critical sections in eight processes none overlaps, though holders are killed (failure 53)', async () => {
  const marks = newFolder('marks');
  const directory = newFolder('contended');
  let killed = 0;
  const run = async (number: number): Promise<void> => {
    const args = [contender, directory, marks, String(number), '500', '200'];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const [code, signal] = await once(child, 'exit');
    if (signal === 'SIGKILL') {
      killed++;
      return run(number);
    }
    assert.is(code, 0, 'two processes were inside at once');
  };
  await Promise.all(Array.from({ length: 8 }, (_, number) => run(number)));
  const tokens = readFileSync(join(marks, 'tokens'), 'utf8').trim().split('\n').map(Number);
  assert.is(tokens.length, 4000);
  assert.ok(tokens.every((token, index) => index === 0 || token > (tokens[index - 1] ?? 0)));
  assert.ok(killed > 0, 'no holder was killed');
});

test.run();
