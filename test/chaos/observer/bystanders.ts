import { readFileSync } from 'node:fs';
import type { Ledger } from '../ledger.ts';
import { isThere, type Life } from '../proc.ts';
import type { Session } from '../tmux.ts';

/** A session of somebody else, on a server of ours. */
export interface Bystander {
  readonly id: number;
  readonly server: Life;
  readonly session: string;
  readonly name: string;
  readonly pane: Life;
  /** When it was entered here: a look that began before says nothing of it. */
  readonly since: number;
}

/** Sessions that are not ours: never ended, never renamed, never typed into (I2). */
export class Bystanders {
  readonly #file: string;
  readonly #ledger: Ledger;
  readonly #all = new Map<number, Bystander>();
  /** Servers that were ended on purpose: what was on them is gone with them. */
  readonly #endedServers = new Set<number>();
  #made = 0;
  #read = 0;

  constructor(file: string, ledger: Ledger) {
    this.#file = file;
    this.#ledger = ledger;
  }

  nextId(): number {
    this.#made += 1;
    return this.#made;
  }

  get made(): number {
    return this.#made;
  }

  all(): readonly Bystander[] {
    return [...this.#all.values()];
  }

  add(bystander: Bystander): void {
    this.#all.set(bystander.id, bystander);
  }

  /** Its owner ends it. */
  remove(bystander: Bystander): void {
    this.#all.delete(bystander.id);
  }

  serverEnds(pid: number): void {
    this.#endedServers.add(pid);
  }

  has(server: number, session: string): boolean {
    return this.all().some((each) => each.server.pid === server && each.session === session);
  }

  /** Listings are of servers that have answered, by their pids, in a look that began then. */
  judge(listings: ReadonlyMap<number, readonly Session[]>, beganAt: number): void {
    for (const each of this.all()) {
      if (each.since >= beganAt) continue;
      const trouble = this.#troubleOf(each, listings.get(each.server.pid));
      if (trouble === null) continue;
      this.remove(each);
      if (trouble !== 'ended with its server') {
        this.#ledger.violate('I2', `bystander ${each.id} (${each.session} "${each.name}"): ${trouble}`);
      }
    }
    this.#judgeRecords();
  }

  #troubleOf(each: Bystander, listing: readonly Session[] | undefined): string | null {
    if (!isThere(each.server) || this.#endedServers.has(each.server.pid)) {
      return this.#endedServers.has(each.server.pid) ? 'ended with its server' : 'its tmux server has ended of itself';
    }
    if (listing === undefined) return null;
    const session = listing.find(({ id }) => id === each.session);
    if (session === undefined) return 'its session is gone';
    if (session.name !== each.name) return `its session was renamed to "${session.name}"`;
    if (session.owner !== '' || session.uid !== '') return `its session was tagged (${session.owner}, ${session.uid})`;
    return isThere(each.pane) ? null : 'its process was ended';
  }

  #judgeRecords(): void {
    const text = readFileSync(this.#file, 'latin1');
    const lines = text.slice(this.#read, text.lastIndexOf('\n') + 1).split('\n');
    this.#read = text.lastIndexOf('\n') + 1;
    for (const line of lines) {
      const [id, word, what = ''] = line.split(' ');
      if (word === 'typed') {
        this.#ledger.violate(
          'I2',
          `into bystander ${id} was typed ${JSON.stringify(Buffer.from(what, 'hex').toString())}`,
        );
      }
    }
  }
}
