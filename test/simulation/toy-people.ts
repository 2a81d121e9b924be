import { MANIFESTS, WORK } from './places.ts';
import type { World } from './world.ts';

const NAMES = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'];
export const ACTS: Readonly<
  Record<string, { weight: number; act: (world: World, numbers: readonly number[]) => string | null }>
> = {
  declare: {
    weight: 10,
    act: ({ machine }, [who = 0, windows = 0, policy = 0, queue = 0]) => {
      const name = NAMES[who % NAMES.length] as string;
      machine.disk.makeDirectory(MANIFESTS);
      machine.disk.makeDirectory(WORK);
      const spec = {
        path: '/srv/work',
        queue: queue % 3 === 0 ? 'narrow' : 'default',
        restartPolicy: ['Always', 'OnFailure', 'Never'][policy % 3],
        session: {
          windows: ['main', 'side', 'more']
            .slice(0, 1 + (windows % 3))
            .map((each) => ({ name: each, command: `run ${each}` })),
        },
      };
      machine.disk.replace(
        `${MANIFESTS}/${name}.json`,
        JSON.stringify({ apiVersion: 'tmuxlet.dev/v1', kind: 'Project', metadata: { name }, spec }),
      );
      return `people declare ${name}`;
    },
  },
  remove: {
    weight: 3,
    act: ({ machine }, [who = 0]) => {
      const name = NAMES[who % NAMES.length] as string;
      machine.disk.remove(`${MANIFESTS}/${name}.json`);
      return `people remove ${name}`;
    },
  },
  killSession: {
    weight: 5,
    act: ({ machine }, [which = 0]) => {
      const session = machine.tmux.sessions[which % Math.max(1, machine.tmux.sessions.length)];
      if (session === undefined) return null;
      session.server.killSession('people', session);
      return `people kill ${session.name}`;
    },
  },
  killServer: {
    weight: 2,
    act: ({ machine }, [which = 0]) => {
      const server = machine.tmux.live[which % Math.max(1, machine.tmux.live.length)];
      if (server === undefined) return null;
      server.end('people', 'SIGKILL');
      return `people kill server ${server.socket}`;
    },
  },
};
export const calm = ({ machine }: World): void => {
  machine.areCommandsCalm = true;
};
