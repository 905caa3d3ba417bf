import { readFileSync, writeFileSync } from 'node:fs';
import { isPortFree } from '@millrace/embedded';

/**
 * Below the range from which the system gives ports to outgoing connections: a client that tries to reach a server which is being started
 * again must never be given that server's own port.
 */
const range = { from: 20_000, to: 32_000 } as const;
const triesMax = 200;

/** Remembers which port each process of a data folder had, so that addresses stay the same where the ports are still free. */
export class PortBook {
  readonly #ports: Record<string, number>;
  readonly #taken = new Set<number>();

  constructor(private readonly file: string) {
    this.#ports = readPorts(file);
  }

  /** A free port of 127.0.0.1: `wanted`, else the one of the last time, else any. Nothing reserves it until somebody listens. */
  async take(name: string, wanted?: number): Promise<number> {
    for (const port of this.#candidates(name, wanted)) {
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (!(await isPortFree(port))) continue;
      this.#ports[name] = port;
      writeFileSync(this.file, `${JSON.stringify(this.#ports, null, 2)}\n`, { mode: 0o600 });
      return port;
    }
    throw new Error(`Expected a free port between ${range.from} and ${range.to} for ${name}, but found none.`);
  }

  *#candidates(name: string, wanted: number | undefined): Generator<number> {
    if (wanted !== undefined) yield wanted;
    const last = this.#ports[name];
    if (last !== undefined) yield last;
    for (let tries = 0; tries < triesMax; tries++) {
      yield range.from + Math.floor(Math.random() * (range.to - range.from));
    }
  }
}

function readPorts(file: string): Record<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const entries = Object.entries(value ?? {}).filter(
      ([, port]) => Number.isInteger(port) && port > 0 && port < 65_536,
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
