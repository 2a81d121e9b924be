import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Availability,
  type SignOfLife,
  type UpSince,
  watchAvailability,
} from '../../src/telemetry/availability.ts';

const test = suite('the availability of the loop');

/** A file that outlives controllers, and a machine with a clock. */
class Machine {
  wallMs = 1_000_000;
  monotonicMs = 0;
  isUp = true;
  stored: UpSince | null = null;
  lastSignAt = 0;
  writes = 0;
  #look: (() => void) | null = null;

  readonly sign: SignOfLife = {
    read: () => this.stored && { since: this.stored, lastSignAt: this.lastSignAt },
    write: (since) => {
      this.stored = since;
      this.lastSignAt = this.wallMs;
      this.writes += 1;
    },
    touch: () => {
      this.lastSignAt = this.wallMs;
    },
  };

  start(): Availability {
    return watchAvailability({
      sign: this.sign,
      isUp: () => this.isUp,
      now: () => this,
      every: (_ms, callback) => {
        this.#look = callback;
        return () => {
          this.#look = null;
        };
      },
    });
  }

  /** As kill -9 does. */
  kill(): void {
    this.#look = null;
  }

  /** Lets so many seconds pass, with a look after each. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.jump(1);
      this.#look?.();
    }
  }

  /** Lets so many seconds pass in which nothing can look. */
  jump(seconds: number): void {
    this.wallMs += seconds * 1000;
    this.monotonicMs += seconds * 1000;
  }
}

const figures = ({ upMs, downMs }: Availability) => ({ up: upMs / 1000, down: downMs / 1000 });

test('a controller that lives and is well is up all the time, and writes once', () => {
  const machine = new Machine();
  const availability = machine.start();
  machine.pass(100);
  assert.equal(figures(availability), { up: 100, down: 0 });
  assert.is(machine.writes, 1);
  assert.is(machine.lastSignAt, machine.wallMs);
});

test('while a pass is stuck it is down, gives no sign, and goes on counting when that is over', () => {
  const machine = new Machine();
  const availability = machine.start();
  machine.pass(50);
  const signed = machine.lastSignAt;
  machine.isUp = false;
  machine.pass(30);
  assert.is(machine.lastSignAt, signed);
  machine.isUp = true;
  machine.pass(20);
  assert.equal(figures(availability), { up: 70, down: 30 });
  machine.kill();
  machine.jump(10);
  // The last sign was given 4 seconds before the end.
  assert.equal(figures(machine.start()), { up: 66, down: 44 });
});

test('a process that is kept from turning is down', () => {
  const machine = new Machine();
  const availability = machine.start();
  machine.pass(5);
  machine.jump(60);
  machine.pass(5);
  assert.equal(figures(availability), { up: 9, down: 61 });
});

test('the time without any controller is down, from the last sign of the one before, and nothing is forgotten', () => {
  const machine = new Machine();
  const first = machine.start();
  machine.pass(97);
  first.close();
  machine.jump(300);
  const second = machine.start();
  assert.equal(figures(second), { up: 97, down: 300 });
  machine.pass(8);
  machine.kill();
  machine.jump(100);
  // Its last sign was given after 5 seconds.
  assert.equal(figures(machine.start()), { up: 102, down: 403 });
});

test('a controller that dies while it is stuck was down since its last sign', () => {
  const machine = new Machine();
  machine.start();
  machine.pass(10);
  machine.isUp = false;
  machine.pass(40);
  machine.kill();
  machine.jump(50);
  machine.isUp = true;
  assert.equal(figures(machine.start()), { up: 10, down: 90 });
});

test('a clock that was set back makes nothing negative', () => {
  const machine = new Machine();
  machine.start();
  machine.pass(10);
  machine.kill();
  machine.wallMs -= 3_600_000;
  assert.equal(figures(machine.start()), { up: 10, down: 0 });
});

test.run();
