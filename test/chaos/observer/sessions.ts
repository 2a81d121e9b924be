import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';
import { type Session, tmux } from '../tmux.ts';

const nameOf = ({ socket, server, id, name }: Session): string =>
  `${id} "${name}" on ${socket.split('/').at(-1)} (pid ${server})`;

/** At most one session carries a Project's uid: as a tag, or in its environment since birth (I1). */
export class OwnSessions {
  readonly #ledger: Ledger;
  readonly #list: () => Promise<readonly Session[]>;
  /** The uid a session was born with, by server and id: it never changes. */
  readonly #births = new Map<string, string>();
  /** Doubles that were told, or that chaos itself has made by copying tags. */
  readonly #known = new Set<string>();
  /** Is this session one that chaos has made? */
  readonly #isBystander: (server: number, session: string) => boolean;

  constructor(
    ledger: Ledger,
    list: () => Promise<readonly Session[]>,
    isBystander: (server: number, session: string) => boolean,
  ) {
    this.#ledger = ledger;
    this.#list = list;
    this.#isBystander = isBystander;
  }

  async judge(sessions: readonly Session[]): Promise<void> {
    const doubles = await this.#doublesIn(sessions);
    if (doubles.length === 0) return;
    // Servers are asked one after the other: a double is one that is still there in a look begun afterwards.
    await sleep(50);
    const again = await this.#doublesIn(await this.#list());
    for (const double of doubles) {
      if (!again.includes(double) || this.#known.has(double)) continue;
      this.#known.add(double);
      this.#ledger.violate('I1', `two sessions are one Project's: ${double}`);
    }
  }

  async #doublesIn(sessions: readonly Session[]): Promise<readonly string[]> {
    const byUid = new Map<string, Session[]>();
    for (const session of sessions) {
      const isLive = session.panes.some(({ dead }) => !dead);
      if (session.isControl || !isLive || this.#isBystander(session.server, session.id)) continue;
      const uid = session.uid === '' ? await this.#birthOf(session) : session.uid;
      if (uid !== '') byUid.set(uid, [...(byUid.get(uid) ?? []), session]);
    }
    return [...byUid].flatMap(([uid, all]) => (all.length > 1 ? [`${uid}: ${all.map(nameOf).join(' and ')}`] : []));
  }

  async #birthOf({ socket, server, id }: Session): Promise<string> {
    const key = `${server} ${id}`;
    const known = this.#births.get(key);
    if (known !== undefined) return known;
    const printed = await tmux(socket, ['show-environment', '-t', id, 'TMUXLET_UID']);
    const uid = printed?.trim().split('=')[1] ?? '';
    this.#births.set(key, uid);
    return uid;
  }
}
