import { AsyncLocalStorage } from 'node:async_hooks';
import type { PassInfo, Tracer } from '../api/trace.ts';

/** Enough that no two passes of one log share it, and short enough to be read out. */
const ID_LENGTH = 12;

interface Pass extends PassInfo {
  project: string | null;
  attempt: number | null;
  isOver: boolean;
}

/**
 * The passes under way, so that whatever is told from within one, however deep, can be found by its id. Node carries
 * it along all that the pass waits for; also into timers and connections that outlive it, which are nobody's.
 */
export class Passes {
  readonly #storage = new AsyncLocalStorage<Pass>();

  /** Runs one pass of a controller. */
  async run(controller: string, work: () => Promise<void>): Promise<void> {
    const id = crypto.randomUUID().replaceAll('-', '').slice(0, ID_LENGTH);
    const pass: Pass = { id, controller, project: null, attempt: null, isOver: false };
    try {
      await this.#storage.run(pass, work);
    } finally {
      pass.isOver = true;
    }
  }

  /** Says whom the pass under way is about; `attempt` is 0 before the first. */
  concerns(project: string, attempt: number): void {
    const pass = this.#storage.getStore();
    if (pass) Object.assign(pass, { project, attempt: attempt === 0 ? null : attempt });
  }

  /** A tracer that says of everything which pass told it. */
  stamp(trace: Tracer): Tracer {
    return (told) => {
      const pass = this.#storage.getStore();
      if (!pass || pass.isOver) return trace(told);
      const { id, controller, project, attempt } = pass;
      trace({ ...told, pass: { id, controller, project, attempt } });
    };
  }
}
