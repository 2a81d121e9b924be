import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';

type Ask<T> = (path: string) => Promise<T>;

/** Whoever asks a file system that is away waits no longer than this. */
const TIMEOUT_MS = 10_000;

/**
 * Asks about a path once at a time. A file system that is away keeps a thread of Node's pool for as long as it does
 * not answer: one, and not one more with each try.
 */
export const onceAtATime = <T>(ask: Ask<T>): Ask<T> => {
  const asked = new Map<string, Promise<T>>();
  return (path) => {
    const before = asked.get(path);
    if (before !== undefined) return before;
    const answer = ask(path).finally(() => asked.delete(path));
    asked.set(path, answer);
    return answer;
  };
};

/** The same within `timeoutMs`; then it throws that the path does not answer. */
export const askedInTime = <T>(ask: Ask<T>, timeoutMs = TIMEOUT_MS): Ask<T> => {
  const once = onceAtATime(ask);
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  return async (path) => {
    try {
      return await limit.execute(() => once(path));
    } catch (error) {
      if (error instanceof TaskCancelledError) throw new Error(`${path} does not answer`, { cause: error });
      throw error;
    }
  };
};
