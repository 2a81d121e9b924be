import picocolors from 'picocolors';
import { systemClock } from '../adapters/clock.ts';
import { holdersIn } from '../adapters/locks/holders.ts';
import type { Holder } from '../api/ports/world.ts';
import { apiSocketOf, type Config, databaseOf, type Flags, loadConfig, locksOf } from '../config.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import type { Io } from './io.ts';

export type Paint = ReturnType<typeof picocolors.createColors>;

/** What a verb works with. */
export interface Context {
  readonly io: Io;
  readonly config: Config;
  /** The same, read anew: its file may have changed. @throws UserError as at the start */
  readConfig(): Config;
  /** Colours, where stdout is a terminal that wants them. */
  readonly paint: Paint;
  /** The controller of this state directory, or what it left; asked for once. */
  client(): Promise<Client>;
  /** The same, asked for anew: a controller may have come or gone. The one before is closed. */
  connect(): Promise<Client>;
  /** A line of data. */
  print(line: string): void;
  /** A line for the person who waits. */
  say(line: string): void;
  close(): void;
}

export const createContext = (io: Io, flags: Flags): Context => {
  const config = loadConfig(flags, io.env, io.cwd);
  let client: Promise<Client> | null = null;
  let connected: Client | null = null;
  const whereabouts = {
    server: config.server === null ? null : { url: config.server, tokenFile: config.tokenFile },
    stateDir: config.stateDir,
    socket: apiSocketOf(config.stateDir),
    database: databaseOf(config.stateDir),
    tmuxSocket: config.tmuxSocket,
    locks: () => locksIn(config.stateDir),
  };
  const open = async (): Promise<Client> => {
    connected?.close();
    connected = await connect(whereabouts);
    return connected;
  };
  return {
    io,
    config,
    readConfig: () => loadConfig(flags, io.env, io.cwd),
    paint: picocolors.createColors(io.stdout.isTTY === true && !io.env['NO_COLOR']),
    client: () => (client ??= open()),
    connect: () => (client = open()),
    print: (line) => void io.stdout.write(`${line}\n`),
    say: (line) => void io.stderr.write(`${line}\n`),
    close: () => connected?.close(),
  };
};

/** The controller's own lock, and those of the Projects. */
const locksIn = (stateDir: string): readonly Holder[] =>
  [stateDir, locksOf(stateDir)].flatMap((directory) => holdersIn(directory, systemClock(), () => false));
