import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/helpers/eventually.ts';
import type { Fleet } from './fleet.ts';

/** Profiles of the controller, a file for each stage. */
export interface Profiler {
  /** Resolves to what ends the profile of this stage and writes it. */
  begin(stage: string): Promise<() => Promise<void>>;
}

export const noProfiler: Profiler = { begin: async () => async () => {} };

/** Through the inspector, which Node opens on SIGUSR1. */
export const profilerInto = (folder: string, fleet: Fleet): Profiler => {
  mkdirSync(folder, { recursive: true });
  const opened: { pid: number; url: string }[] = [];
  /** A process tells once where its inspector is. */
  const inspectorOf = async (pid: number): Promise<string> => {
    const known = opened.find((each) => each.pid === pid);
    if (known) return known.url;
    process.kill(pid, 'SIGUSR1');
    const url = await eventually(
      () => [...fleet.controller.output.matchAll(/listening on (ws:\/\/\S+)/g)][opened.length]?.[1] ?? null,
    );
    opened.push({ pid, url });
    return url;
  };
  return {
    async begin(stage) {
      const { pid } = fleet.controller;
      const url = await inspectorOf(pid);
      const session = await connect(url);
      await session.ask('Profiler.enable');
      await session.ask('Profiler.start');
      return async () => {
        // A controller that was killed meanwhile has taken its profile with it.
        if (fleet.controller.pid !== pid) return;
        const { profile } = (await session.ask('Profiler.stop')) as { profile: unknown };
        writeFileSync(join(folder, `${stage.replaceAll(/\W+/g, '-')}.cpuprofile`), JSON.stringify(profile));
        session.close();
      };
    },
  };
};

interface InspectorSession {
  ask(method: string): Promise<unknown>;
  close(): void;
}

const connect = async (url: string): Promise<InspectorSession> => {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, (result: unknown) => void>();
  let asked = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  return {
    ask: (method) =>
      new Promise((resolve) => {
        asked += 1;
        waiting.set(asked, resolve);
        socket.send(JSON.stringify({ id: asked, method }));
      }),
    close: () => socket.close(),
  };
};
