import { Name } from '../api/manifest.ts';
import type { ListedSession, StateFile } from '../api/observation.ts';
import type { OrphanPolicy, OrphanRow, SessionVerdict } from '../api/orphan.ts';
import { type Seen, valueOf } from '../api/seen.ts';
import { elapsedMs, type Now } from '../api/time.ts';

export interface OrphanSettings {
  readonly policy: OrphanPolicy;
  /** No orphan younger than this is killed. */
  readonly graceMs: number;
  /** Two observations count as two when they are this far apart. */
  readonly apartMs: number;
  /** Why nothing is mended at present (a dry run); null when it is. */
  readonly dryRun: string | null;
}

/** Whatever may claim a session beside the rows; costs reading files, and is looked at last. */
export interface OrphanEvidence {
  readonly stateFiles: Seen<readonly StateFile[]>;
  /** Names that any manifest declares, good or bad. */
  readonly declared: Seen<ReadonlySet<string>>;
}

/** The Project that an orphan is named after, and what keeps it from taking the orphan over; null when nothing does. */
export interface Namesake {
  readonly uid: string;
  readonly obstacle: string | null;
}

/** All that a verdict rests on. */
export interface OrphanCase {
  readonly session: ListedSession;
  /** Every listed session with the same uid, this one included: their processes cannot be told apart. */
  readonly siblings: readonly ListedSession[];
  /** Why a tmux server could not be listed; null when all answered. */
  readonly unlisted: string | null;
  /** A row has its uid; read after the listing. One that cannot be read claims it as well. */
  readonly claimed: boolean;
  readonly namesake: Namesake | null;
  /** Null until it is looked at. */
  readonly evidence: OrphanEvidence | null;
  readonly row: OrphanRow | null;
  readonly settings: OrphanSettings;
  readonly now: Now;
}

export interface Judgement {
  readonly verdict: SessionVerdict;
  /** For people; the same as long as the verdict's reason is. */
  readonly message: string;
  /** What to remember; null for a session that is no orphan. */
  readonly row: OrphanRow | null;
  /** When time alone may change the verdict; null when it cannot. */
  readonly lookAgainMs: number | null;
}

/** How often an orphan must have been seen before anything is done to it. */
const SIGHTINGS = 2;

/** Whether a person has left is told by nothing: it is looked at again. */
const ATTACHED_AGAIN_MS = 60_000;

type Counts = Pick<OrphanRow, 'firstSeen' | 'lastSeen' | 'count'>;

/** A session that was made at another time, or before a reboot, is another one whatever its id. */
const isSame = (row: OrphanRow, { session, now }: OrphanCase): boolean =>
  row.createdAt === session.createdAt && row.uid === session.tags?.uid && row.firstSeen.bootId === now.bootId;

const counted = (c: OrphanCase): Counts => {
  const { row, now, settings } = c;
  if (row === null || !isSame(row, c)) return { firstSeen: now, lastSeen: now, count: 1 };
  if (row.count >= SIGHTINGS || elapsedMs(row.lastSeen, now) < settings.apartMs) return row;
  return { firstSeen: row.firstSeen, lastSeen: now, count: row.count + 1 };
};

/**
 * Age since it was made. tmux says that by the wall clock alone, so that the age at first sight goes on by the
 * monotonic one: a clock set forward makes nothing older, one set back only younger.
 */
const ageMs = ({ siblings, now }: OrphanCase, { firstSeen }: Counts): number => {
  const youngest = Math.max(...siblings.map(({ createdAt }) => createdAt));
  const since = Math.max(0, firstSeen.wallMs - youngest) + elapsedMs(firstSeen, now);
  return Math.max(0, Math.min(since, now.wallMs - youngest));
};

interface Rule {
  readonly verdict: SessionVerdict;
  readonly when: (c: OrphanCase, counts: Counts) => boolean;
  readonly message: (c: OrphanCase) => string;
  readonly againMs?: (c: OrphanCase, counts: Counts) => number;
}

const uidOf = (c: OrphanCase): string | undefined => c.session.tags?.uid;
const projectOf = (c: OrphanCase): string => c.session.tags?.project ?? '';
const unseen = ({ evidence, unlisted }: OrphanCase): string | null => {
  if (unlisted !== null) return unlisted;
  if (evidence === null) return 'what may claim it has not been looked at';
  if (evidence.stateFiles.seen === 'Unknown') return evidence.stateFiles.reason;
  return evidence.declared.seen === 'Unknown' ? evidence.declared.reason : null;
};
const claimant = (c: OrphanCase): StateFile | undefined =>
  (c.evidence === null ? undefined : valueOf(c.evidence.stateFiles))?.find(({ uid }) => uid === uidOf(c));
const isDeclared = (c: OrphanCase): boolean =>
  (c.evidence === null ? undefined : valueOf(c.evidence.declared))?.has(projectOf(c)) === true;
const adopts = ({ settings }: OrphanCase): boolean => settings.policy === 'Adopt';

/** First match wins. The verdicts that act are the last ones, so that every reason not to comes before them. */
const RULES: readonly Rule[] = [
  { verdict: 'Foreign', when: (c) => c.session.tags === null, message: () => 'it does not carry our tags' },
  { verdict: 'Owned', when: (c) => c.claimed, message: () => 'a Project has its uid' },
  {
    verdict: 'OrphanKept',
    when: (c) => !Name.safeParse(projectOf(c)).success,
    message: (c) => `"${projectOf(c)}" in its tags can be no Project: a person has written that`,
  },
  {
    verdict: 'OrphanKept',
    when: ({ settings }) => settings.policy === 'Report',
    message: () => 'orphans.policy is Report',
  },
  {
    verdict: 'OrphanKept',
    when: (c) => adopts(c) && c.namesake === null,
    message: (c) => `orphans.policy is Adopt, and there is no Project ${projectOf(c)}`,
  },
  {
    verdict: 'OrphanKept',
    when: (c) => adopts(c) && c.siblings.length > 1,
    message: () => 'more than one session has its uid, and nothing says which to adopt',
  },
  {
    verdict: 'OrphanKept',
    when: (c) => adopts(c) && c.namesake?.obstacle != null,
    message: (c) => `Project ${projectOf(c)} cannot adopt it: ${c.namesake?.obstacle}`,
  },
  {
    verdict: 'OrphanKept',
    when: (c) => !adopts(c) && c.namesake !== null,
    message: (c) => `there is a Project ${projectOf(c)}, with another uid`,
  },
  {
    verdict: 'OrphanSeenOnce',
    when: (_, counts) => counts.count < SIGHTINGS,
    message: () => 'nothing is done before it was seen orphaned twice',
    againMs: ({ settings, now }, { lastSeen }) => settings.apartMs - elapsedMs(lastSeen, now),
  },
  {
    verdict: 'OrphanWithinGrace',
    when: (c, counts) => !adopts(c) && ageMs(c, counts) < c.settings.graceMs,
    message: ({ settings }) => `younger than ${settings.graceMs / 1000} s`,
    againMs: (c, counts) => c.settings.graceMs - ageMs(c, counts),
  },
  {
    verdict: 'OrphanAttached',
    when: (c) => !adopts(c) && c.siblings.some(({ attached }) => attached > 0),
    message: () => 'somebody looks at it',
    againMs: () => ATTACHED_AGAIN_MS,
  },
  { verdict: 'Unknown', when: (c) => unseen(c) !== null, message: (c) => unseen(c) ?? '' },
  {
    verdict: 'OrphanKept',
    when: (c) => claimant(c) !== undefined,
    message: (c) => `the state file of ${claimant(c)?.name} has its uid`,
  },
  {
    verdict: 'OrphanKept',
    when: (c) => !adopts(c) && isDeclared(c),
    message: (c) => `a manifest declares ${projectOf(c)}`,
  },
  {
    verdict: 'OrphanKept',
    when: ({ settings }) => settings.dryRun !== null,
    message: ({ settings }) => `${settings.dryRun}: it would be ${settings.policy === 'Adopt' ? 'adopted' : 'killed'}`,
  },
  { verdict: 'AdoptOrphan', when: adopts, message: (c) => `Project ${projectOf(c)} has no session` },
  {
    verdict: 'KillOrphan',
    when: () => true,
    message: () => 'no row, no state file and no manifest claims it, and nobody looks at it',
  },
];

const isOrphan = (verdict: SessionVerdict): verdict is OrphanRow['verdict'] =>
  verdict !== 'Owned' && verdict !== 'Foreign';

/** What a session is, and what is to be done with it. Pure. */
export const judgeSession = (c: OrphanCase): Judgement => {
  const counts = counted(c);
  // The last rule always matches.
  const { verdict, message, againMs } = RULES.find((rule) => rule.when(c, counts)) as Rule;
  const { session } = c;
  const said = message(c);
  const lookAgainMs = againMs ? Math.max(0, againMs(c, counts)) : null;
  if (!isOrphan(verdict) || session.tags === null) return { verdict, message: said, row: null, lookAgainMs };
  const { firstSeen, lastSeen, count } = counts;
  const { shard, id: sessionId, createdAt, name } = session;
  const { uid, project } = session.tags;
  const row = { shard, sessionId, createdAt, uid, name, project, firstSeen, lastSeen, count, verdict, message: said };
  return { verdict, message: said, row, lookAgainMs };
};
