import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary.ts';

/** An alert as it is given to an Alertmanager. */
export interface GivenAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alert as an Alertmanager has it. */
export interface HeldAlert extends GivenAlert {
  readonly status: { readonly state: 'unprocessed' | 'active' | 'suppressed'; readonly inhibitedBy: readonly string[] };
  readonly receivers: readonly { readonly name: string }[];
}

/** A real Alertmanager with data of its own, on a free port of the loopback. */
export class Alertmanager {
  readonly #child: ChildProcess;
  readonly #folder = temporaryFolder();
  #output = '';
  #address = '';

  private constructor(config: object) {
    const file = join(this.#folder.path, 'alertmanager.json');
    // All JSON is YAML.
    writeFileSync(file, JSON.stringify(config));
    this.#child = spawn(
      'prometheus-alertmanager',
      [
        `--config.file=${file}`,
        `--storage.path=${join(this.#folder.path, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
        // It is alone.
        '--cluster.listen-address=',
        '--log.format=json',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child.stderr?.on('data', (data) => (this.#output += String(data)));
  }

  /** Starts it with the content of its configuration file, and waits until it answers. */
  static async open(config: object): Promise<Alertmanager> {
    const alertmanager = new Alertmanager(config);
    try {
      await eventually(() => alertmanager.#ready(), { withinMs: 20_000 });
    } catch (error) {
      const said = alertmanager.#output;
      await alertmanager.close();
      throw new Error(`alertmanager is not ready:\n${said}`, { cause: error });
    }
    return alertmanager;
  }

  /** HOST:PORT, as Prometheus wants to know it. */
  get address(): string {
    return this.#address;
  }

  async #ready(): Promise<boolean> {
    const address = /"address":"(127\.0\.0\.1:[1-9]\d*)"/.exec(this.#output)?.[1];
    if (address === undefined) return false;
    this.#address = address;
    return (await fetch(`http://${address}/-/ready`)).ok;
  }

  /** Gives it alerts, as Prometheus does. */
  async give(alerts: readonly GivenAlert[]): Promise<void> {
    const response = await fetch(`http://${this.#address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw new Error(`alertmanager answered ${response.status}: ${await response.text()}`);
  }

  async alerts(): Promise<readonly HeldAlert[]> {
    const response = await fetch(`http://${this.#address}/api/v2/alerts`);
    return (await response.json()) as readonly HeldAlert[];
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    this.#folder.remove();
  }
}
