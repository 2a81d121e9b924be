import type { OwnedPane, Tmux } from '../../api/ports/tmux.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { UID_MARKER } from '../processes/marker.ts';
import { lastLines } from './capture.ts';
import { isTmuxError } from './classify.ts';
import type { TmuxCommands } from './command.ts';
import { detailsCommand, parseDetails } from './details.ts';
import { allOf, anyOf, assertPassed, guarded, isOurs, isUnattended, sessionIs, sessionIsNamed } from './guard.ts';
import { isHalfTagged, tagIs, tagIsUnset, unlessWindow } from './guard.ts';
import {
  addWindowCommands,
  createCommands,
  pipeCommand,
  respawnCommands,
  tagCommands,
  typeCommands,
} from './session-commands.ts';
import { parsePaths, pathsCommand } from './session-paths.ts';
import type { Shard } from './shard.ts';
import { checkedId } from './tags.ts';
import { parseUntagged, untaggedCommand } from './untagged.ts';
import { windowPreparer } from './windows.ts';

/**
 * What is done to sessions. Targets are ids, and whatever changes a session does so in one line with the look
 * at its tags (I2).
 */
export const sessionsOf = (
  ownerId: string,
  shardOf: (shard: number) => Shard,
): Omit<Tmux, 'observe' | 'socketOf' | 'onHint'> => {
  const act = async (shard: number, target: string, condition: string, commands: TmuxCommands): Promise<void> => {
    assertPassed(await shardOf(shard).run([guarded(checkedId(target), condition, commands)]), target);
  };
  const prepareWindow = windowPreparer();
  const isOurPane = ({ sessionId, uid }: OwnedPane): string => allOf(sessionIs(sessionId), isOurs(ownerId, uid));

  return {
    paths: async (shard) => parsePaths(await shardOf(shard).read([pathsCommand])),

    async untagged(shard) {
      const found = parseUntagged(await shardOf(shard).read([untaggedCommand(ownerId)]), shard);
      const birth = async (id: string): Promise<string | null> => {
        try {
          const [line = ''] = await shardOf(shard).read([['show-environment', '-t', checkedId(id), UID_MARKER]]);
          return line.startsWith(`${UID_MARKER}=`) ? line.slice(UID_MARKER.length + 1) : null;
        } catch (error) {
          // tmux refuses to show a variable that is not there.
          if (isTmuxError(error, 'Refused') || isTmuxError(error, 'NotFound')) return null;
          throw error;
        }
      };
      return Promise.all(found.map(async (session) => ({ ...session, birthUid: await birth(session.id) })));
    },

    async createSession(session) {
      if (session.tags.owner !== ownerId) throw new TmuxError('Refused', `the owner of ${session.name} is not ours`);
      const birth = crypto.randomUUID();
      const commands = createCommands(session, birth);
      await Promise.all(session.windows.map(prepareWindow));
      try {
        await shardOf(session.shard).run(commands, { start: true });
      } catch (error) {
        // tmux stopped half-way. What it made so far is known by its birth, and nothing else is. Should the
        // undoing fail too, the first failure still is the one to tell: what is left carries our tags.
        if (isTmuxError(error, 'Refused') || isTmuxError(error, 'NotFound')) {
          const target = `=${session.name}:`;
          const undo = guarded(target, tagIs('birth', birth), [['kill-session', '-t', target]]);
          await shardOf(session.shard)
            .run([undo])
            .catch(() => {});
        }
        throw error;
      }
    },

    async respawnPane(pane, window) {
      await prepareWindow(window);
      await act(pane.shard, pane.paneId, isOurPane(pane), respawnCommands(pane.paneId, window));
    },

    async addWindow({ shard, sessionId, uid }, window) {
      await prepareWindow(window);
      const add = unlessWindow(sessionId, window.name, addWindowCommands(`${sessionId}:`, window));
      await act(shard, sessionId, isOurs(ownerId, uid), [add]);
    },

    type: (pane, line) => act(pane.shard, pane.paneId, isOurPane(pane), typeCommands(pane.paneId, line)),

    async capture(shard, paneId, lines, { colours } = { colours: false }) {
      const escapes = colours ? ['-e'] : [];
      const screen = ['capture-pane', '-p', '-J', ...escapes, '-S', `-${lines}`, '-t', checkedId(paneId)] as const;
      return lastLines(await shardOf(shard).read([screen]), lines);
    },

    async activity(shard, paneId) {
      // tmux answers for a pane that is gone, too, with nothing.
      const words = ['display-message', '-p', '-t', checkedId(paneId), '#{pane_id} #{window_activity}'] as const;
      const [id, at] = (await shardOf(shard).read([words])).join('\n').trim().split(' ');
      return id === paneId && at ? at : null;
    },

    pipe: (shard, paneId, file) => act(shard, paneId, tagIs('owner', ownerId), [pipeCommand(paneId, file)]),

    async details(shard, sessionId) {
      const nonce = crypto.randomUUID();
      return parseDetails(await shardOf(shard).read([detailsCommand(checkedId(sessionId), nonce)]), nonce);
    },

    async killSession({ shard, sessionId, uid, unattended = false }) {
      const ours = isOurs(ownerId, uid);
      try {
        const condition = unattended ? allOf(ours, isUnattended) : ours;
        await act(shard, sessionId, condition, [['kill-session', '-t', sessionId]]);
      } catch (error) {
        // Gone already, alone or with its server.
        if (!isTmuxError(error, 'NotFound') && !isTmuxError(error, 'NoServer')) throw error;
      }
    },

    killForeign(shard, sessionId, sessionName) {
      const foreign = allOf(sessionIsNamed(sessionName), tagIsUnset('owner'), tagIsUnset('role'));
      return act(shard, sessionId, foreign, [['kill-session', '-t', sessionId]]);
    },

    tagSession(shard, sessionId, tags, sessionName) {
      const untagged = anyOf(anyOf(tagIsUnset('owner'), isHalfTagged(ownerId)), isOurs(ownerId, tags.uid));
      const condition = sessionName === undefined ? untagged : allOf(sessionIsNamed(sessionName), untagged);
      return act(shard, sessionId, condition, tagCommands(sessionId, tags));
    },

    retagSession({ shard, sessionId, uid }, tags) {
      const either = anyOf(isOurs(ownerId, uid), isOurs(ownerId, tags.uid));
      return act(shard, sessionId, either, tagCommands(sessionId, tags));
    },
  };
};
