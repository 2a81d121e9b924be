import { Command, Option } from 'commander';
import { apiSocketOf } from '../../config.ts';
import { LOG_LEVELS } from '../../config/settings.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { createLiveRegion } from '../live-region.ts';
import { showLiveTable } from '../live-table.ts';
import type { RunIo } from '../../api/ports/run-io.ts';

export const runCommand = (act: Act): Command =>
  new Command('run')
    .description('run the controller in the foreground; when it ends, every session lives on')
    .option('--listen <host:port>', 'where metrics, health and the page are (default: 127.0.0.1:9469; port 0: any)')
    .addOption(flag('--allow-remote', 'that address may be one that other machines reach'))
    .option('--allowed-hosts <names>', 'names under which it is asked for, beside localhost; joined by commas')
    .addOption(flag('--reads-need-token', 'whoever reads over TCP must show the token of --token-file too'))
    .option('--max-concurrent <n>', 'room in the queue "default" (default: 20)')
    .option('--max-concurrent-starts <n>', 'how many may be starting at one time (default: 5)')
    .option('--state-sync-interval-seconds <n>', 'how often everything is looked at again (default: 300)')
    .addOption(flag('--state-sync-dry-run', 'say what would be mended, and go on with the rest'))
    .option('--shard-size <n>', 'sessions a tmux server holds at most (default: 150)')
    .option(
      '--external-tmux-servers <n>',
      'tmux servers that somebody else keeps, as systemd does; then none is started (default: 0)',
    )
    .option('--metrics-projects <n>', 'so many have metrics of their own; of more, the rest is counted (default: 2000)')
    .option('--log-max-bytes <n>', "at which size a window's log is rotated (default: 10485760)")
    .option('--log-keep <n>', 'rotated logs that are kept of each window (default: 3)')
    .option('--copy-days <n>', 'days for which copies of sessions that were ended are kept (default: 90)')
    .option('--copy-max-bytes <n>', 'how much room those take, the oldest go first (default: 1073741824)')
    .addOption(new Option('--log-level <level>', 'what the controller tells (default: info)').choices(LOG_LEVELS))
    .option('--dry-run', 'plan everything, do nothing')
    .option('--once', 'reconcile until nothing is left to do, then end')
    .action(act((context) => run(context)));

const flag = (name: string, description: string): Option =>
  new Option(`${name} [true|false]`, description).preset('true');

const run = async (context: Context): Promise<number> => {
  const { stdout, stderr } = context.io;
  const region = stdout.isTTY === true ? createLiveRegion(stdout) : null;
  let stopTable = (): void => {};
  const io: RunIo = {
    log: region?.log ?? stderr,
    started: (running) => {
      greet(context, running.url);
      if (region !== null) stopTable = showLiveTable(context, region, running);
    },
  };
  const { runController } = await import('../../main.ts');
  try {
    return await runController(context.config, context.io.env, io, () => context.readConfig());
  } finally {
    stopTable();
  }
};

const greet = ({ config, print }: Context, url: string): void => {
  print(`page       ${url}/`);
  print(`metrics    ${url}/metrics`);
  print(`socket     ${apiSocketOf(config.stateDir)}`);
  if (config.tokenFile !== null) print(`token      ${config.tokenFile}`);
  print(`manifests  ${config.manifests}`);
};
