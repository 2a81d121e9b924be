import type { ListedSession, OwnedSession } from '../../api/observation.ts';
import type { OrphanRow } from '../../api/orphan.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { isClaimed } from './look.ts';
import { aboutSession, type OrphanParts } from './orphan-parts.ts';

/** How much of each screen is kept. */
const KEPT_LINES = 2_000;

/** What ignores the hang-up of its terminal is asked first, and killed after this. */
const GRACE_MS = 3_000;

/**
 * Ends an orphan: its screens are saved, tmux looks at its tags and its clients once more and kills it in the same
 * moment, and what is left of its processes follows. The caller holds the lock of its name and has just judged it.
 */
export const endOrphan = async (parts: OrphanParts, session: OwnedSession, row: OrphanRow): Promise<void> => {
  const { tmux, keepsakes, clock } = parts;
  const time = new Date(clock.now().wallMs).toISOString().replaceAll(':', '-');
  const name = `${row.project}-${session.id.slice(1)}-${time}`;
  const file = await keepsakes.keepScreens(name, await screensOf(parts, session));
  await tmux.killSession({ shard: session.shard, sessionId: session.id, uid: session.tags.uid, unattended: true });
  await finishOrphan(parts, row, `its last screens are in ${file}`);
};

/** What comes after the kill, done by the next pass where this one did not live to do it. */
export const finishOrphan = async (parts: OrphanParts, row: OrphanRow, after: string): Promise<void> => {
  const { store, trace, clock } = parts;
  const { shard, sessionId, name, uid, project } = row;
  // Should a Project have taken the uid meanwhile, its processes are not ours to end.
  if (!isClaimed(parts, uid)) await endProcesses(parts, uid);
  const message = `session ${name} (${sessionId}) of Project ${project}, which is no more, was killed; ${after}`;
  const event = aboutSession(row, 'Warning', 'OrphanKilled', message);
  store.transaction((writes) => {
    writes.recordEvent(event, clock.now().wallMs);
    writes.forgetOrphan(shard, sessionId);
  });
  trace({ trace: 'EventRecorded', event });
};

const endProcesses = async ({ processes, clock }: OrphanParts, uid: string): Promise<void> => {
  if ((await processes.signalTree(uid, [], 'SIGTERM')) === 0) return;
  await new Promise<void>((resolve) => clock.after(GRACE_MS, resolve));
  await processes.signalTree(uid, [], 'SIGKILL');
};

/** Every pane's last lines, each below a line that says which it is. */
const screensOf = async ({ tmux }: OrphanParts, { shard, panes, name }: ListedSession): Promise<string> => {
  const screens = [];
  for (const { paneId, windowName } of panes) {
    const text = await tmux.capture(shard, paneId, KEPT_LINES).catch((error: unknown) => {
      // A pane that has just closed has no screen left to lose.
      if (error instanceof TmuxError && error.kind === 'NotFound') return '';
      throw error;
    });
    screens.push(`=== session ${name}, window ${windowName}, pane ${paneId} ===\n${text}\n`);
  }
  return screens.join('\n');
};
