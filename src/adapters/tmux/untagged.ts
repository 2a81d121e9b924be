import type { UntaggedSession } from '../../api/observation.ts';
import type { TmuxCommand } from './command.ts';
import { isHalfTagged } from './guard.ts';
import { TAGS } from './tags.ts';

/** Free text last: a path may hold anything but a line's end, which tmux writes as an escape. */
const fieldsFor = (ownerId: string): readonly string[] => [
  '#{session_id}',
  `#{?${isHalfTagged(ownerId)},,#{?${TAGS.owner},tagged,}}`,
  `#{?${TAGS.role},tagged,}`,
  '#{session_name}',
  '#{pane_start_path}',
  '#{pane_current_path}',
];

export const untaggedCommand = (ownerId: string): TmuxCommand => [
  'list-panes',
  '-a',
  '-F',
  fieldsFor(ownerId).join('\t'),
];

/** The sessions that nobody has tagged, or that have lost some of our tags, with the paths of all their panes. */
export const parseUntagged = (
  lines: readonly string[],
  shard: number,
): readonly Omit<UntaggedSession, 'birthUid'>[] => {
  const sessions = new Map<string, { name: string; paths: Set<string> }>();
  for (const line of lines) {
    const [id = '', owner, role, name = '', ...paths] = line.split('\t');
    if (!/^\$\d+$/.test(id) || owner !== '' || role !== '') continue;
    const session = sessions.get(id) ?? { name, paths: new Set() };
    for (const path of paths) if (path.startsWith('/')) session.paths.add(path);
    sessions.set(id, session);
  }
  return [...sessions].map(([id, { name, paths }]) => ({ shard, id, name, paths: [...paths] }));
};
