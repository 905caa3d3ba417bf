import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a network may do to a connection. `half-open`: it stays open and nothing arrives any more, in either direction. */
export type NetworkFault =
  { readonly way: 'cut' } | { readonly way: 'half-open' } | { readonly way: 'delay'; readonly ms: number };

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * A TCP proxy on 127.0.0.1 that stands between somebody and a server, and breaks the network between them when it is told to. What was
 * held in a half-open connection arrives after it heals, as if packets had been sent again.
 */
export class FaultProxy {
  readonly #pairs = new Set<Pair>();
  readonly #held: (() => void)[] = [];
  #fault: NetworkFault | undefined;
  #target: number;

  private constructor(
    private readonly server: Server,
    target: number,
  ) {
    this.#target = target;
    server.on('connection', (near) => this.#join(near));
  }

  /** Listens on a free port before a server that listens, or will, on port `target`. */
  static async before(target: number): Promise<FaultProxy> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `cut` ends all connections and refuses new ones; `half-open` and `delay` also hold for connections made meanwhile. */
  break(fault: NetworkFault): void {
    this.#fault = fault;
    if (fault.way === 'cut') for (const pair of this.#pairs) this.#part(pair);
  }

  /** The network works again. */
  heal(): void {
    this.#fault = undefined;
    for (const send of this.#held.splice(0)) send();
  }

  /** May be called twice. */
  async close(): Promise<void> {
    for (const pair of this.#pairs) this.#part(pair);
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #join(near: Socket): void {
    if (this.#fault?.way === 'cut') {
      near.destroy();
      return;
    }
    const pair = { near, far: connect(this.#target, '127.0.0.1') };
    this.#pairs.add(pair);
    this.#forward(pair, near, pair.far);
    this.#forward(pair, pair.far, near);
    near.resume();
  }

  #forward(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (bytes) => this.#pass(() => void (to.destroyed || to.write(bytes))));
    from.on('error', () => this.#pass(() => this.#part(pair)));
    from.on('close', () => this.#pass(() => this.#part(pair)));
  }

  /** In order, since every delay is as long as the one before. */
  #pass(send: () => void): void {
    if (this.#fault?.way === 'half-open') this.#held.push(send);
    else if (this.#fault?.way === 'delay') setTimeout(send, this.#fault.ms);
    else send();
  }

  #part(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }
}
