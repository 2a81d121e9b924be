import { messageOf } from '../api/errors.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock } from '../api/ports/world.ts';
import { present, unknown, valueOf } from '../api/seen.ts';
import type { Screen } from '../server/control.ts';

/** Lines that are shown of each window. */
const LINES = 200;
/** A listing as old as this still tells which panes there are: who looks often costs no listing each time. */
const LISTING_AGE_MS = 1_000;

/** What is on the screens of the session that carries a uid. Reads only. */
export const screensOf = async (
  tmux: Pick<Tmux, 'observe' | 'capture'>,
  clock: Clock,
  uid: string,
): Promise<readonly Screen[]> => {
  const listings = await tmux.observe(clock.now().monotonicMs - LISTING_AGE_MS);
  const session = listings
    .flatMap(({ sessions }) => valueOf(sessions) ?? [])
    .find(({ tags }) => tags !== null && tags.uid === uid);
  if (session === undefined) return [];
  return Promise.all(
    session.panes.map(async ({ paneId, windowName, dead }) => {
      const text = await tmux
        .capture(session.shard, paneId, LINES, { colours: true })
        .then(present, (error: unknown) => unknown(messageOf(error)));
      return { pane: paneId, window: windowName, dead, text };
    }),
  );
};
