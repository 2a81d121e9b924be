import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ServerIdentity, ShardListing } from '../../api/observation.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import { valueOf } from '../../api/seen.ts';
import { TMUX_COMMANDS } from '../../api/tmux-commands.ts';
import { TMUX_RESULTS, type Tracer } from '../../api/trace.ts';

/** How tmux answers, and what the last look at each server saw. */
export const tmuxMetrics = (
  registry: Registry,
  { reader, externalServers }: { readonly reader: Pick<StoreReader, 'openAttempts'>; readonly externalServers: number },
): Tracer => {
  const registers = [registry];
  const commands = new Histogram({
    name: 'tmuxlet_tmux_command_seconds',
    help: 'How long tmux took to answer, by command and result; refused is an answer, unreachable and timeout are none.',
    labelNames: ['command', 'result'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5],
    registers,
  });
  let newest: readonly ShardListing[] = [];
  const up = new Gauge({
    name: 'tmuxlet_tmux_up',
    help: '1 when the tmux server answered when last looked at, 0 when it did not, or is gone and should be there.',
    labelNames: ['shard'],
    registers,
    collect: () => {
      up.reset();
      for (const { shard, sessions } of newest) {
        // A server that is gone, and of which nothing is expected, is neither up nor down.
        const isWanted = (): boolean =>
          shard < externalServers || reader.openAttempts().some((attempt) => attempt.shard === shard);
        if (sessions.seen !== 'Absent' || isWanted()) up.set({ shard }, sessions.seen === 'Present' ? 1 : 0);
      }
    },
  });
  const sessions = new Gauge({
    name: 'tmuxlet_tmux_sessions',
    help: 'Sessions on the tmux server when last looked at, ours and others; none while it does not answer.',
    labelNames: ['shard'],
    registers,
    collect: () => {
      sessions.reset();
      for (const listing of newest) {
        const listed = valueOf(listing.sessions);
        if (listed !== undefined) sessions.set({ shard: listing.shard }, listed.length);
      }
    },
  });
  const restarts = new Counter({
    name: 'tmuxlet_tmux_server_restarts_total',
    help: 'Times that another tmux server was found than the last one seen on its socket.',
    registers,
  });
  for (const command of TMUX_COMMANDS) for (const result of TMUX_RESULTS) commands.zero({ command, result });

  const servers = new Map<number, ServerIdentity>();
  const look = (listings: readonly ShardListing[]): void => {
    newest = listings;
    for (const { shard, server } of listings) {
      const found = valueOf(server);
      if (found === undefined) continue;
      const known = servers.get(shard);
      if (known && (known.pid !== found.pid || known.startTicks !== found.startTicks)) restarts.inc();
      servers.set(shard, found);
    }
  };

  return (trace) => {
    if (trace.trace === 'TmuxListed') look(trace.listings);
    if (trace.trace !== 'TmuxAnswered') return;
    commands.observe({ command: trace.command, result: trace.result }, trace.ms / 1000);
  };
};
