import { openHeartbeatProbe } from '../../../src/adapters/heartbeat/probe.ts';
import type { HeartbeatProbe } from '../../../src/api/ports/world.ts';
import type { Life } from '../kernel/life.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';
import { programsOf } from './programs.ts';

/** The product's own probe, whose programs run on the simulated machine. */
export const probeOf = (parts: { readonly life: Life; readonly machine: Machine }): HeartbeatProbe =>
  openHeartbeatProbe({ stateDir: STATE_DIR, baseEnvironment: {}, run: programsOf(parts, 'probe.run') });
