import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary.ts';

/** Numbers over time, with the labels that tell them apart. Times in seconds since 1970. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data: { readonly result: readonly Raw[] };
}

interface Raw {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** A real Prometheus with data of its own, on a free port of the loopback. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #folder = temporaryFolder();
  #output = '';
  #url = '';

  private constructor(config: object) {
    const file = join(this.#folder.path, 'prometheus.json');
    // All JSON is YAML.
    writeFileSync(file, JSON.stringify(config));
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(this.#folder.path, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
        '--log.format=json',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child.stderr?.on('data', (data) => (this.#output += String(data)));
  }

  /** Starts it with the content of its configuration file, and waits until it answers. */
  static async open(config: object): Promise<Prometheus> {
    const prometheus = new Prometheus(config);
    try {
      await eventually(() => prometheus.#ready(), { withinMs: 20_000 });
    } catch (error) {
      const said = prometheus.#output;
      await prometheus.close();
      throw new Error(`prometheus is not ready:\n${said}`, { cause: error });
    }
    return prometheus;
  }

  get url(): string {
    return this.#url;
  }

  async #ready(): Promise<boolean> {
    const address = /"address":"(127\.0\.0\.1:[1-9]\d*)"/.exec(this.#output)?.[1];
    if (address === undefined) return false;
    this.#url = `http://${address}`;
    return (await fetch(`${this.#url}/-/ready`)).ok;
  }

  /** What an expression gives at one moment; now unless said otherwise. */
  async query(expr: string, at = Date.now() / 1000): Promise<readonly Series[]> {
    return this.#ask('query', { query: expr, time: String(at) });
  }

  /** What an expression gives between two moments, every so many seconds. */
  async queryRange(expr: string, from: number, to: number, step: number): Promise<readonly Series[]> {
    return this.#ask('query_range', { query: expr, start: String(from), end: String(to), step: String(step) });
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<readonly Series[]> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${answer.error}\n${parameters['query']}`);
    return answer.data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
      labels: metric,
      points: values.map(([at, text]) => [at, Number(text.replace('Inf', 'Infinity'))] as const),
    }));
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
