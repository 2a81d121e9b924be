import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProjectObject } from '../../src/api/project.ts';
import { apiSocketOf, databaseOf } from '../../src/config.ts';
import type { Client } from '../../src/server/client.ts';
import { connect } from '../../src/server/connect.ts';
import { eventually } from './eventually.ts';
import { SystemdUser } from './systemd-user.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));
const run = promisify(execFile);

/** tmuxlet, installed below a systemd of its own. */
export class Installation {
  readonly systemd = new SystemdUser();
  readonly stateDir = join(this.systemd.dir, 's');
  readonly manifests = join(this.stateDir, 'manifests');
  readonly work = join(this.systemd.dir, 'w');
  readonly config = join(this.systemd.dir, 'c.yaml');
  #client: Client | null = null;

  constructor() {
    mkdirSync(this.work);
    mkdirSync(this.manifests, { recursive: true });
    writeFileSync(this.config, 'listen: 127.0.0.1:0\n');
  }

  async install(...flags: readonly string[]): Promise<string> {
    const args = ['install-service', '--state-dir', this.stateDir, '--config', this.config, ...flags];
    const { stdout } = await run(process.execPath, [BIN, ...args], { env: this.systemd.env, cwd: this.work });
    await this.systemd.systemctl('daemon-reload');
    return stdout;
  }

  /** As an operator does it: returns when systemd has been told that the controller is ready. */
  async systemctl(verb: string): Promise<void> {
    this.#client?.close();
    this.#client = null;
    await this.systemd.systemctl(verb, 'tmuxlet.service');
  }

  async project(name: string): Promise<ProjectObject | undefined> {
    if (this.#client?.live !== true) {
      this.#client?.close();
      const { stateDir } = this;
      this.#client = await connect({
        stateDir,
        socket: apiSocketOf(stateDir),
        database: databaseOf(stateDir),
        tmuxSocket: join(stateDir, 'tmux.sock'),
        locks: () => [],
      });
    }
    try {
      return (await this.#client.projects()).items.find((project) => project.metadata.name === name);
    } catch (error) {
      this.#client.close();
      this.#client = null;
      throw error;
    }
  }

  async untilRunning(name: string, attempt?: number): Promise<ProjectObject> {
    return eventually(
      async () => {
        const project = await this.project(name);
        const { status } = project ?? {};
        if (status?.phase === 'Running' && (attempt ?? status.attempt) === status.attempt) return project;
        throw new Error(`${name} is ${status?.phase}, attempt ${status?.attempt}: ${status?.message}`);
      },
      { withinMs: 25_000, everyMs: 50 },
    );
  }

  /** A Project whose primary writes down its pid. */
  declare(name: string, spec: object = {}, command = 'exec sleep 100000'): void {
    const manifest = {
      apiVersion: 'tmuxlet.dev/v1',
      kind: 'Project',
      metadata: { name },
      spec: {
        path: this.work,
        session: { windows: [{ name: 'main', command: `echo $$ >'${this.work}/${name}.pid'; ${command}` }] },
        ...spec,
      },
    };
    writeFileSync(join(this.manifests, `${name}.json`), JSON.stringify(manifest));
  }

  undeclare(name: string): void {
    rmSync(join(this.manifests, `${name}.json`));
  }

  async attemptOf(name: string): Promise<number> {
    return (await this.project(name))?.status.attempt ?? 0;
  }

  async reasons(name: string): Promise<readonly string[]> {
    const { items } = (await this.#client?.events({ object: `Project/${name}` })) ?? { items: [] };
    return items.map((event) => event.reason);
  }

  pidOf(name: string): number {
    return Number(readFileSync(join(this.work, `${name}.pid`), 'utf8'));
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.systemd.close();
  }
}
