import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';

const clock = systemClock();

const test = suite('clock');

test('the monotonic clock is the machine’s own, so that processes can compare it', () => {
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  assert.ok(Math.abs(clock.now().monotonicMs - uptimeMs) < 1000);
});

test('the boot is known by the kernel’s id', () => {
  assert.is(clock.now().bootId, readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
});

test('a callback comes after its time, not before', async () => {
  const before = clock.now().monotonicMs;
  await new Promise<void>((resolve) => clock.after(20, resolve));
  assert.ok(clock.now().monotonicMs - before >= 19);
});

test('a callback that was cancelled does not come', async () => {
  let called = false;
  const cancel = clock.after(1, () => {
    called = true;
  });
  cancel();
  await new Promise<void>((resolve) => clock.after(20, resolve));
  assert.not(called);
});

test('a time further away than a timer can be set does not come at once', async () => {
  let called = false;
  const cancel = clock.after(2 ** 40, () => {
    called = true;
  });
  await new Promise<void>((resolve) => clock.after(20, resolve));
  cancel();
  assert.not(called);
});

test('a clock can be told to keep no process alive', () => {
  const script = `
    import { systemClock } from ${JSON.stringify(import.meta.resolve('../../src/adapters/clock.ts'))};
    systemClock({ keepAlive: false }).after(600_000, () => {});`;
  const { status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { timeout: 5000 });
  assert.is(status, 0);
});

test.run();
