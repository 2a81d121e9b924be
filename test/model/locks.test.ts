import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import type { HeldLock, Locks } from '../../src/api/ports/world.ts';
import type { LockAnswer, LockRequest } from '../helpers/lock-actor.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

/** Who can take locks: this process, twice over, and two others. */
const HERE = ['first', 'second'] as const;
const ELSEWHERE = [0, 1] as const;
type Actor = (typeof HERE)[number] | (typeof ELSEWHERE)[number];

/** The locks as one would write them if nobody ever died: a table of who has what. */
class NaiveLocks {
  readonly holders = new Map<string, Actor>();
  readonly tokens = new Map<string, number>();

  acquire(actor: Actor, name: string): boolean {
    if (this.holders.has(name)) return false;
    this.holders.set(name, actor);
    return true;
  }

  release(actor: Actor, name: string): void {
    if (this.holders.get(name) === actor) this.holders.delete(name);
  }

  died(actor: Actor): void {
    for (const [name, holder] of this.holders) if (holder === actor) this.holders.delete(name);
  }
}

const folder = temporaryFolder();
const program = fileURLToPath(import.meta.resolve('../helpers/lock-actor.ts'));
const start = (): ChildProcess => fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const children: ChildProcess[] = ELSEWHERE.map(start);

/** One run's own directory of locks, with what this process has taken there. */
class Real {
  readonly directory: string;
  readonly #taken = new Map<string, HeldLock>();
  readonly #here: Readonly<Record<(typeof HERE)[number], Locks>>;

  constructor(directory: string) {
    mkdirSync(directory);
    this.directory = directory;
    this.#here = { first: openLocks(directory, systemClock()), second: openLocks(directory, systemClock()) };
  }

  async acquire(actor: Actor, name: string): Promise<number | null> {
    if (typeof actor === 'number') {
      const answer = await this.#ask(actor, name, 'acquire');
      return 'token' in answer ? answer.token : null;
    }
    const lock = this.#here[actor].tryAcquire(name, 'model');
    if (lock) this.#taken.set(`${actor} ${name}`, lock);
    return lock?.token ?? null;
  }

  async release(actor: Actor, name: string): Promise<void> {
    if (typeof actor === 'number') await this.#ask(actor, name, 'release');
    else this.#taken.get(`${actor} ${name}`)?.release();
  }

  /** As one who does not hold it himself sees it, and so may look at its file. */
  async isHeld(name: string, asks: Actor): Promise<boolean> {
    if (typeof asks !== 'number') return this.#here[asks].holderOf(name)?.held ?? false;
    const answer = await this.#ask(asks, name, 'holder');
    return 'held' in answer && answer.held;
  }

  async kill(actor: (typeof ELSEWHERE)[number]): Promise<void> {
    const child = children[actor];
    const exited = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await exited;
    children[actor] = start();
  }

  close(): void {
    for (const lock of this.#taken.values()) lock.release();
  }

  async #ask(actor: (typeof ELSEWHERE)[number], name: string, act: LockRequest['act']): Promise<LockAnswer> {
    const child = children[actor];
    if (child === undefined) throw new Error(`there is no process ${actor}`);
    child.send({ directory: this.directory, name, act } satisfies LockRequest);
    const [answer] = await once(child, 'message');
    return answer as LockAnswer;
  }
}

type Command = fc.AsyncCommand<NaiveLocks, Real>;

const NAMES = ['web', 'api'];

const command = (words: string, act: (model: NaiveLocks, real: Real) => Promise<void>): Command => ({
  check: () => true,
  toString: () => words,
  async run(model, real) {
    await act(model, real);
    for (const name of NAMES) {
      const isHeld = model.holders.has(name);
      for (const asks of [...HERE, ...ELSEWHERE]) assert.is(await real.isHeld(name, asks), isHeld, `${asks}: ${name}`);
    }
  },
});

const actor = fc.constantFrom<Actor>(...HERE, ...ELSEWHERE);
const name = fc.constantFrom(...NAMES);

const taking = fc.tuple(actor, name).map(([who, what]) =>
  command(`${who} tries to take ${what}`, async (model, real) => {
    const token = await real.acquire(who, what);
    assert.is(token !== null, model.acquire(who, what));
    if (token === null) return;
    assert.ok(token > (model.tokens.get(what) ?? 0), 'the token has grown');
    model.tokens.set(what, token);
  }),
);
const givingBack = fc.tuple(actor, name).map(([who, what]) =>
  command(`${who} gives ${what} back`, async (model, real) => {
    model.release(who, what);
    await real.release(who, what);
  }),
);
const killing = fc.constantFrom(...ELSEWHERE).map((who) =>
  command(`${who} is killed`, async (model, real) => {
    model.died(who);
    await real.kill(who);
  }),
);
/** A new process takes its time: most of what happens is something else. */
const commands = [taking, taking, taking, givingBack, givingBack, killing];

const test = suite('the locks against naive ones');

test.after(() => {
  for (const child of children) child.disconnect();
  folder.remove();
});

test('one has it, whoever asks, until it is given back or its process is killed (failure 53)', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30 }), async (given) => {
      runs += 1;
      const real = new Real(join(folder.path, String(runs)));
      try {
        await fc.asyncModelRun(() => ({ model: new NaiveLocks(), real }), given);
      } finally {
        real.close();
      }
    }),
    { numRuns: 15 },
  );
});

test.run();
