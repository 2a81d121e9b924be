import type { SessionTags } from '../../api/observation.ts';
import { TmuxError } from '../../api/ports/tmux.ts';

/** The session options that say whose a session is. */
export const TAGS = {
  owner: '@tmuxlet_owner',
  uid: '@tmuxlet_uid',
  project: '@tmuxlet_project',
  attempt: '@tmuxlet_attempt',
  spec: '@tmuxlet_spec',
  /** Made anew by each creation: tells the very session that one creation made. */
  birth: '@tmuxlet_birth',
  /** `control` marks the quiet session that a control client sits in. */
  role: '@tmuxlet_role',
} as const;

/** What a tag may hold; nothing of it is special to tmux's formats. */
const WORD = /^[\w.:=+/-]+$/;
/** What tmux leaves as it is in the name of a session or window, and takes for nothing else in a target. */
const NAME = /^[A-Za-z0-9_][\w-]*$/;

/** Tags as tmux listed them; null when they make no sense. */
export const parseTags = (owner: string, tags: readonly string[]): SessionTags | null => {
  const [uid, project, attempt, specHash] = tags;
  if (uid === undefined || project === undefined || attempt === undefined || specHash === undefined) return null;
  if (!WORD.test(uid) || !/^[1-9]\d{0,8}$/.test(attempt)) return null;
  return { owner, uid, project, attempt: Number(attempt), specHash };
};

/** The tag itself, if it can be one. Throws `Refused`. */
export const checkedTag = (tag: string): string => checked(tag, WORD, 'a tag');

/** The name itself, if tmux takes it unchanged (failure 67). Throws `Refused`. */
export const checkedName = (name: string): string => checked(name, NAME, 'a name in tmux');

/** The id itself, if it is one: an empty target would mean whichever session comes to hand (failure 12). */
export const checkedId = (id: string): string => checked(id, /^[$@%]\d+$/, 'a tmux id');

const checked = (text: string, pattern: RegExp, what: string): string => {
  if (!pattern.test(text)) throw new TmuxError('Refused', `"${text}" cannot be ${what}`);
  return text;
};
