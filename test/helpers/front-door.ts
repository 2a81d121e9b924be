import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A port of the loopback that stays the same, for what comes back at another one in every life. */
export class FrontDoor {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #port: number | null = null;

  private constructor() {
    this.#server = createServer((caller) => this.#lead(caller));
  }

  static async open(): Promise<FrontDoor> {
    const door = new FrontDoor();
    door.#server.listen(0, '127.0.0.1');
    await once(door.#server, 'listening');
    return door;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Whom callers reach from now on. */
  leadTo(port: number): void {
    this.#port = port;
  }

  #lead(caller: Socket): void {
    if (this.#port === null) return void caller.destroy();
    const callee = connect(this.#port, '127.0.0.1');
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
