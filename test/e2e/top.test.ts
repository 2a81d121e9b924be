import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('top');

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

/** A terminal of a person: a pane with a shell in it, on a tmux server of its own. */
class Terminal {
  readonly #socket: string;

  constructor({ dir }: ControllerProcess, columns: number, rows: number) {
    this.#socket = join(dir, 'term');
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, 'env', 'PS1=$ ', 'sh');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
  }

  get screen(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** Whether the program has taken the whole terminal. */
  get isTaken(): boolean {
    return this.#tmux('display-message', '-p', '#{alternate_on}').trim() === '1';
  }

  type(text: string): void {
    this.#tmux('send-keys', text, 'Enter');
  }

  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async shows(what: RegExp): Promise<string> {
    return eventually(() => {
      const { screen } = this;
      if (what.test(screen)) return screen;
      throw new Error(`${String(what)} is not on the screen:\n${screen}`);
    });
  }

  end(): void {
    this.#tmux('kill-server');
  }
}

const inTerminal = async (
  controller: ControllerProcess,
  body: (terminal: Terminal, command: string) => Promise<void>,
): Promise<void> => {
  const terminal = new Terminal(controller, 110, 20);
  try {
    await body(terminal, `${process.execPath} ${BIN} top --state-dir ${controller.stateDir}`);
  } finally {
    terminal.end();
  }
};

/** Names of the Projects in the table, from the top. */
const namesOn = (screen: string): readonly string[] =>
  screen
    .split('\n')
    .map((line) => /^([a-z]\w*) +(?:Running|Failed)/.exec(line)?.[1])
    .filter((name) => name !== undefined);

const declareSome = async (controller: ControllerProcess): Promise<void> => {
  const main = (command: string) => ({ session: { windows: [{ name: 'main', command }] } });
  controller.declare('idle');
  controller.declare('loop', main('while :; do :; done'));
  controller.declare('bad', { ...main('exit 3'), backoffLimit: 0 });
  await controller.untilPhase('idle', 'Running');
  await controller.untilPhase('loop', 'Running');
  await controller.untilPhase('bad', 'Failed');
};

test('it is live in a terminal of any size, sorts by keys, and gives the terminal back', () =>
  withController(async (controller) => {
    await controller.start();
    await declareSome(controller);
    await inTerminal(controller, async (terminal, command) => {
      terminal.type(`${command} --interval 200ms`);
      const screen = await terminal.shows(/^loop +Running.* [1-9]\d*% /m);
      assert.ok(terminal.isTaken);
      assert.equal(namesOn(screen), ['bad', 'idle', 'loop'], 'trouble first');
      assert.match(screen, /controller well/);
      assert.match(screen, /^Projects 3: 2 Running, 1 Failed$/m);
      assert.match(screen, /^Queues default 2\/20$/m);
      assert.match(screen, /^NAME +PHASE +AGE +ATTEMPT +RESTARTS +BEAT +CPU +MEMORY +WHY$/m);
      assert.match(screen, /^bad .* BackoffLimitExceeded: /m);

      terminal.press('c');
      await eventually(() => namesOn(terminal.screen)[0] === 'loop');
      terminal.press('n');
      terminal.press('n');
      await eventually(() => namesOn(terminal.screen).join() === 'loop,idle,bad');

      terminal.resize(40, 7);
      const small = await terminal.shows(/^NAME +PHASE +(BEAT +)?CPU +MEMORY$/m);
      for (const line of small.split('\n')) assert.ok(line.length <= 40, line);
      assert.match(small, /^tmuxlet .* well/);
      assert.equal(namesOn(small), ['loop', 'idle', 'bad']);
      terminal.resize(18, 4);
      await terminal.shows(/^NAME +PHASE\nloop +Running\nidle +Running\nby name/);
      terminal.press('Down');
      await terminal.shows(/^NAME +PHASE\nidle +Running\nbad +Failed\nby name/);
      terminal.resize(110, 20);
      await terminal.shows(/WHY$/m);

      controller.declare('new');
      await terminal.shows(/^new +Running/m);

      terminal.press('q');
      await eventually(() => !terminal.isTaken);
      terminal.type('stty -a | tr " " "\\n" | grep -x -e icanon -e echo');
      await terminal.shows(/icanon\necho$/m);
    });
  }));

test('it goes on while the controller is away, and Ctrl-C and a signal end it as well', () =>
  withController(async (controller) => {
    await controller.start();
    await declareSome(controller);
    await inTerminal(controller, async (terminal, command) => {
      terminal.type(`${command} --interval 200ms; echo ended $?`);
      await terminal.shows(/controller well/);
      await controller.kill();
      const left = await terminal.shows(/no controller is running/);
      assert.equal(namesOn(left), ['bad', 'idle', 'loop']);
      await controller.start();
      await terminal.shows(/controller well/);
      terminal.press('C-c');
      // The terminal's shell may show its prompt for the same Ctrl-C before it goes on.
      await terminal.shows(/^(?:\$ )?ended 0$/m);

      const pidFile = join(controller.dir, 'pid');
      terminal.type(`clear; sh -c 'echo $$ > ${pidFile}; exec ${command}'; echo ended $?`);
      await terminal.shows(/controller well/);
      process.kill(Number(readFileSync(pidFile, 'utf8')));
      await terminal.shows(/^(?:\$ )?ended 143$/m);
      assert.not(terminal.isTaken);
    });
  }));

test('without a terminal, and with --once, it prints one table', () =>
  withController(async (controller) => {
    await controller.start();
    await declareSome(controller);
    const args = [BIN, 'top', '--state-dir', controller.stateDir, '--sort', 'cpu'];
    const piped = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    assert.equal(namesOn(piped)[0], 'loop');
    assert.match(piped, /^loop +Running .* [1-9]\d*% +[\d.]+ MiB +Running: session loop$/m);
    // oxlint-disable-next-line no-control-regex -- they are what this is about
    assert.not.match(piped, /\u001b/);
    await inTerminal(controller, async (terminal, command) => {
      terminal.type(`${command} --once`);
      await terminal.shows(/^loop +Running/m);
      assert.not(terminal.isTaken);
    });
  }));

test.run();
