import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const PROGRAM = fileURLToPath(new URL('../../bench/load/load.ts', import.meta.url));

const results = temporaryFolder();

const test = suite('the end of a load');

test.after(results.remove);

/** Runs it with a folder of its own for all that it makes. */
const load = (...args: readonly string[]) => {
  const { path, remove } = temporaryFolder();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, TMPDIR: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let out = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      out += String(data);
      for (const listener of listeners) listener();
    });
  }
  return {
    path,
    remove,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    said: (text: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => void (out.includes(text) && resolve());
        listeners.add(look);
        look();
      }),
    async end(): Promise<{ code: number | null; out: string }> {
      const [code] = await ended;
      return { code, out };
    },
  };
};

/** Processes that were started with this text among their arguments or in their environment. */
const processesOf = (text: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return ['cmdline', 'environ'].some((file) => readFileSync(join('/proc', pid, file), 'latin1').includes(text));
    } catch {
      return false;
    }
  });

test('where the room ends is told with the resource that ended it, and nothing is wrong with what runs', async () => {
  const json = join(results.path, 'load.json');
  const flags = ['--step', '20', '--overfill', '--open-files', '220', '--hold-seconds', '0', '--stall-seconds', '5'];
  const run = load('--projects', '200', ...flags, '--json', json);
  const { code, out } = await run.end();
  run.remove();
  assert.is(code, 0, out);
  assert.match(out, /^\d+ of 200 Running .*, 0 complaints; it ended there by: .*open files.*$/m);
  const { findings } = JSON.parse(readFileSync(json, 'utf8'));
  assert.ok(findings.ramp.running > 0 && findings.ramp.running < 200);
});

test('Ctrl-C, twice as npm passes it on, ends it with all that it has started', async () => {
  const run = load('--projects', '20');
  await run.said('ramp…');
  run.kill('SIGINT');
  run.kill('SIGINT');
  const { code, out } = await run.end();
  assert.is(code, 130, out);
  assert.equal(readdirSync(run.path), []);
  // What was killed is gone a moment later.
  await eventually(() => processesOf(run.path).length === 0, { withinMs: 30_000 });
  run.remove();
});

test('what cannot be written is refused before anything is measured', async () => {
  const run = load('--json', join(results.path, 'nowhere', 'load.json'));
  const { code, out } = await run.end();
  run.remove();
  assert.is(code, 2, out);
  assert.match(out, /^ENOENT: no such file or directory, open .*load\.json'$/m);
});

test('more than the machine has room for is refused, with what is lacking', async () => {
  const run = load('--projects', '1000000000');
  const { code, out } = await run.end();
  run.remove();
  assert.is(code, 2, out);
  assert.match(
    out,
    /^There is room for \d+ sessions, and not for 1000000000; after those the machine has no .*--overfill/m,
  );
});

test.run();
