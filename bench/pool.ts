import { Connection } from './client.ts';

/** Connections that carry one request at a time each, the one that has rested longest next: workerd closes those that rest for 5 s. A request that finds none free waits for one, the first come first. */
export class ConnectionPool {
  private readonly all: readonly Connection[];
  private readonly free: Connection[];
  private readonly waiting: ((connection: Connection) => void)[] = [];

  private constructor(all: readonly Connection[]) {
    this.all = all;
    this.free = [...all];
  }

  static async open(url: URL, count: number): Promise<ConnectionPool> {
    return new ConnectionPool(await Promise.all(Array.from({ length: count }, () => Connection.open(url))));
  }

  /** See `Connection.send`. */
  async send(request: Buffer): Promise<Buffer> {
    const connection = this.free.shift() ?? (await new Promise<Connection>((resolve) => this.waiting.push(resolve)));
    try {
      return await connection.send(request);
    } finally {
      const next = this.waiting.shift();
      if (next) next(connection);
      else this.free.push(connection);
    }
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }
}
