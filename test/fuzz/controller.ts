import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { ControllerProcess } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestText } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { byteChanges, changedBytes } from './mutations.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));
const run = promisify(execFile);

/** What of a running installation somebody else has written to. */
const TARGETS = ['manifest', 'manifest of the good one', 'state file', 'holder', 'socket', 'shards', 'alive'] as const;

interface Given {
  readonly target: (typeof TARGETS)[number];
  readonly bytes: Uint8Array;
}

const TOKENS = ['{', '}', '[', '"', 'null', '&a [*a]', '---\n', '\0', '\ufeff', '"version":1,', 'kind: List\n'];

const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(manifestText('bad'), manifestText('good'), '{"version":1,"uid":"u","name":"bad"}'),
      byteChanges(TOKENS),
    )
    .map(([text, changes]) => changedBytes(text, changes)),
  fc.uint8Array({ maxLength: 100 }),
);

/** A look at everything takes place within this time of a change. */
const NOTICED_MS = 120;

export const controllers: Fuzz = fuzz<Given>({
  name: 'controllers',
  claim: 'a running controller lives through whatever is put in its way, and its good Project runs on untouched',
  share: 0.1,
  most: 300,
  withinMs: 30_000,
  arbitrary: fc.record({ target: fc.constantFrom(...TARGETS), bytes }),
  async open() {
    const controller = new ControllerProcess();
    controller.declare('good', { suspend: false });
    await controller.start();
    const { status } = await controller.until('good', (project) => project.status.phase === 'Running');
    const { stateDir, manifests } = controller;
    const files: Record<Exclude<Given['target'], 'socket'>, string> = {
      manifest: join(manifests, 'bad.yaml'),
      'manifest of the good one': join(manifests, 'good.json'),
      'state file': join(stateDir, 'state', 'bad.json'),
      holder: join(stateDir, 'locks', 'bad.holder.json'),
      shards: join(stateDir, 'shards.json'),
      alive: join(stateDir, 'alive.json'),
    };
    const sound = async (): Promise<void> => {
      const project = await controller.project('good');
      if (project?.status.attempt !== status.attempt || project.status.phase !== 'Running') {
        throw new Error(
          `good is ${project?.status.phase}, attempt ${project?.status.attempt}\n${controller.output.slice(-2000)}`,
        );
      }
      if (/\n {4}at |UnhandledPromise|internal error/.test(controller.output)) {
        throw new Error(`the log shows what nobody can read: ${controller.output.slice(-3000)}`);
      }
    };
    return {
      check: async ({ target, bytes }) => {
        // What declares the good one anew, and otherwise, is obeyed: of that nothing is to be learned here.
        const isObeyed = /"good"/.test(Buffer.from(bytes).toString());
        if (target.startsWith('manifest') && isObeyed) return;
        if (target === 'socket') await pour(controller.client === null ? '' : join(stateDir, 'tmuxlet.sock'), bytes);
        else {
          mkdirSync(join(files[target], '..'), { recursive: true });
          writeFileSync(files[target], bytes);
        }
        await sleep(NOTICED_MS);
        await sound();
        if (target === 'manifest') rmSync(files.manifest, { force: true });
        controller.declare('good', { suspend: false });
        await eventually(async () => (await sound(), true), { withinMs: 5000 });
      },
      close: () => controller.close(),
    };
  },
});

const pour = (socketPath: string, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
    socket.resume();
    socket.end(bytes);
  });

const FILES = [
  'tmuxlet.db',
  'owner',
  'base-env.json',
  'manifest-directory.json',
  'manifests/web.json',
  '../c.yaml',
] as const;
const VERBS = [
  ['run', '--once', '--dry-run', '--listen', '127.0.0.1:0'],
  ['doctor'],
  ['get', 'projects'],
  ['plan'],
  ['validate'],
  ['restore', 'b.tar.gz'],
] as const;

interface Called {
  readonly verb: number;
  readonly file: (typeof FILES)[number];
  readonly bytes: Uint8Array;
}

export const programs: Fuzz = fuzz<Called>({
  name: 'programs',
  claim: 'the program as people start it ends in words and an exit code, whatever its files hold',
  share: 0.1,
  most: 200,
  withinMs: 30_000,
  arbitrary: fc.record({ verb: fc.nat({ max: VERBS.length - 1 }), file: fc.constantFrom(...FILES), bytes }),
  open() {
    const { path, remove } = temporaryFolder();
    const stateDir = join(path, 's');
    return {
      check: async ({ verb, file, bytes }) => {
        rmSync(stateDir, { recursive: true, force: true });
        mkdirSync(join(stateDir, 'manifests'), { recursive: true, mode: 0o700 });
        writeFileSync(join(path, 'c.yaml'), '{}\n');
        writeFileSync(join(stateDir, file), bytes, { mode: 0o600 });
        const args = [BIN, ...(VERBS[verb] ?? ['get']), '--state-dir', stateDir, '--config', join(path, 'c.yaml')];
        const env = { PATH: process.env['PATH'], HOME: path, LANG: 'C.UTF-8' };
        const { code, stderr } = await run(process.execPath, args, { env, cwd: path, timeout: 30_000 }).then(
          ({ stderr }) => ({ code: 0, stderr }),
          (error: { code: number | null; stderr: string }) => error,
        );
        if (code === null || ![0, 1, 2, 75].includes(code)) throw new Error(`it ended with ${code}: ${stderr}`);
        if (code !== 0) demandClear(stderr.trim() === '' ? 'nothing to say' : stderr);
      },
      close: remove,
    };
  },
});
