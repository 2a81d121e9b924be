import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { runPaths } from '../../src/adapters/runs/paths.ts';
import { newMemory } from '../../src/api/memory.ts';
import { ControllerProcess } from '../helpers/controller.ts';
import { manifestText } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { demandClear, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { bytesNear } from './small-files.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));
const run = promisify(execFile);

/** What of a running installation somebody else has written to. */
const TARGETS = [
  'manifest',
  'manifest of the good one',
  'state file',
  'state file of the good one',
  'heartbeat file of the good one',
  'holder',
  'holder of the good one',
  'socket',
  'shards',
  'alive',
] as const;

interface Given {
  readonly target: (typeof TARGETS)[number];
  readonly bytes: Uint8Array;
}

const TOKENS = ['{', '}', '[', '"', 'null', '&a [*a]', '---\n', '\0', '\ufeff', '"version":1,', 'kind: List\n'];

/** Stands for the uid of the good one, which is not known before it runs. */
const UID = '@uid@';
const STATE = { version: 1, uid: UID, name: 'good', attempt: 1, shard: 0, sessionName: 'good', memory: newMemory };

const bytes = bytesNear(
  [
    manifestText('bad'),
    manifestText('good'),
    STATE,
    { ...STATE, memory: { ...newMemory, phase: 'Failed' } },
    { ...STATE, name: 'bad', uid: 'u' },
    { sequence: 4, progress: '3 of 7' },
  ],
  TOKENS,
);

/**
 * What declares the good one otherwise is obeyed, and a whole state file that knows of a later attempt is believed: of
 * those nothing is to be learned here.
 */
const isObeyed = ({ target, bytes }: Given): boolean => {
  const text = Buffer.from(bytes).toString();
  if (target === 'state file of the good one') return attemptIn(text) > STATE.attempt;
  return target.startsWith('manifest') && text.includes('"good"');
};

const attemptIn = (text: string): number => {
  try {
    return Number((JSON.parse(text) as { attempt?: unknown } | null)?.attempt ?? 0);
  } catch {
    return 0;
  }
};

/** A change of the manifests is noticed within this time. */
const NOTICED_MS = 120;

export const controllers: Fuzz = fuzz<Given>({
  name: 'controllers',
  claim: 'a running controller lives through whatever is put in its way, and its good Project runs on untouched',
  share: 0.1,
  most: 300,
  withinMs: 30_000,
  leavesTraces: true,
  arbitrary: fc.record({ target: fc.constantFrom(...TARGETS), bytes }).filter((given) => !isObeyed(given)),
  async open() {
    const controller = new ControllerProcess();
    const heartbeat = { source: 'File', staleAfterSeconds: 3600, onStale: 'Restart' };
    let looks = 0;
    /** Has the good one looked at, with all that belongs to it. */
    const lookAgain = async (): Promise<void> => {
      const look = String((looks += 1));
      controller.declare('good', { heartbeat }, { annotations: { look } });
      await controller.until('good', ({ metadata }) => metadata.annotations?.['look'] === look);
    };
    await controller.start();
    await lookAgain();
    const { status, metadata } = await controller.untilPhase('good', 'Running');
    const { stateDir, manifests } = controller;
    const files: Record<Exclude<Given['target'], 'socket'>, string> = {
      manifest: join(manifests, 'bad.yaml'),
      'manifest of the good one': join(manifests, 'good.json'),
      'state file': join(stateDir, 'state', 'bad.json'),
      'state file of the good one': join(stateDir, 'state', 'good.json'),
      'heartbeat file of the good one': runPaths(stateDir).run({
        uid: metadata.uid,
        attempt: status.attempt,
        window: 'main',
        run: 1,
      }).heartbeat,
      holder: join(stateDir, 'locks', 'bad.holder.json'),
      'holder of the good one': join(stateDir, 'locks', 'good.holder.json'),
      shards: join(stateDir, 'shards.json'),
      alive: join(stateDir, 'alive.json'),
    };
    const sessions = controller.sessions();
    const sound = async (): Promise<void> => {
      const project = await controller.project('good');
      if (project?.status.attempt !== status.attempt || project.status.phase !== 'Running') {
        throw new Error(
          `good is ${project?.status.phase}, attempt ${project?.status.attempt}\n${controller.output.slice(-2000)}`,
        );
      }
      const ours = controller.sessions().filter(({ project }) => project === 'good');
      same(ours, sessions, 'its session is another one');
      if (/\n {4}at |UnhandledPromise|internal error/.test(controller.output)) {
        throw new Error(`the log shows what nobody can read: ${controller.output.slice(-3000)}`);
      }
    };
    return {
      check: async ({ target, bytes: near }) => {
        const bytes = Buffer.from(Buffer.from(near).toString('latin1').replaceAll(UID, metadata.uid), 'latin1');
        if (target === 'socket') await pour(join(stateDir, 'tmuxlet.sock'), bytes);
        else {
          mkdirSync(join(files[target], '..'), { recursive: true });
          writeFileSync(files[target], bytes);
        }
        await sleep(NOTICED_MS);
        await sound();
        rmSync(files.manifest, { force: true });
        await lookAgain();
        await sound();
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
