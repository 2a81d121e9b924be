import type { Front } from './kernel/weather.ts';

type Kind = keyof Front['faults'];

const CALL: readonly Kind[] = ['failsBefore', 'failsAfter', 'slow', 'hangs', 'stale', 'partial'];
const HINT: readonly Kind[] = ['lost', 'late', 'doubled'];

/** Where bad weather can be, and of which kinds. */
export const FRONTS: readonly { readonly points: string; readonly faults: readonly Kind[] }[] = [
  { points: '', faults: ['failsBefore', 'failsAfter', 'slow', 'lost', 'late'] },
  { points: 'tmux.', faults: CALL },
  { points: 'tmux.observe', faults: CALL },
  { points: 'tmux.createSession', faults: CALL },
  { points: 'tmux.killSession', faults: CALL },
  { points: 'tmux.hint', faults: HINT },
  { points: 'runs.', faults: [...CALL, ...HINT] },
  { points: 'runs.observe', faults: CALL },
  { points: 'processes.', faults: CALL },
  { points: 'stateFiles.', faults: CALL },
  { points: 'source.', faults: [...CALL, ...HINT] },
  { points: 'preflight.', faults: CALL },
  { points: 'probe.', faults: CALL },
  { points: 'notifier.', faults: CALL },
  { points: 'keepsakes.', faults: CALL },
  { points: 'logFiles.', faults: CALL },
  { points: 'store.', faults: ['failsBefore'] },
];
