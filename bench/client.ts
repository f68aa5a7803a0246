/**
 * A load generator on a plain socket. What it adds to a request is small beside the empty route, which `node:http` is not:
 * a ratio of two figures is only honest if neither is mostly the client.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const HEADER_END = Buffer.from('\r\n\r\n');

/** The bytes of a `POST` of JSON to be sent as often as wanted. */
export function encodePost(url: URL, path: string, body: unknown): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** One kept-alive connection that carries one request at a time. workerd closes one that is idle for 5 s. */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private settle: { resolve: (body: Buffer) => void; reject: (cause: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', (cause) => this.settle?.reject(cause));
    socket.on('close', () => this.settle?.reject(new Error('workerd closed the connection')));
  }

  static async open({ hostname, port }: URL): Promise<Connection> {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends the bytes of a request and gives the body of its answer. Rejects on any status but 200. */
  send(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.socket.write(request, (cause) => {
        if (cause) reject(cause);
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headerEnd = this.received.indexOf(HEADER_END);
    if (headerEnd < 0) return;
    const header = this.received.toString('latin1', 0, headerEnd);
    const length = /content-length: (\d+)/i.exec(header)?.[1];
    if (!header.startsWith('HTTP/1.1 200') || length === undefined) {
      this.settle?.reject(new Error(`unexpected answer: ${this.received.toString()}`));
      return;
    }
    const bodyStart = headerEnd + HEADER_END.length;
    const end = bodyStart + Number(length);
    if (this.received.length < end) return;
    const body = this.received.subarray(bodyStart, end);
    this.received = Buffer.alloc(0);
    this.settle?.resolve(body);
  }
}
