import type { TmuxObserver } from '../adapters/tmux/observer.ts';
import type { Tracer } from '../api/trace.ts';
import type { StoreObserver } from '../store/observer.ts';

/** Tells the trace stream how tmux answers. */
export const tmuxObserver = (tell: Tracer): TmuxObserver => ({
  answered: (command, result, ms) => tell({ trace: 'TmuxAnswered', command, result, ms }),
  listed: (listings, monotonicMs) => tell({ trace: 'TmuxListed', listings, monotonicMs }),
});

/** Tells the trace stream how the database does. */
export const storeObserver = (tell: Tracer): StoreObserver => ({
  written: (result, ms) => tell({ trace: 'StoreWritten', result, ms }),
  failed: () => tell({ trace: 'StoreFailed' }),
});
