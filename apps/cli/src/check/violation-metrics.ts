import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { invariants, type Violation } from '@millrace/checker';

/** What the checker has found, for a scraper: counted by rule and partition. */
export class ViolationMetrics {
  readonly #counts = new Map<string, number>();
  #positions: ReadonlyMap<number, number> = new Map();
  #server: Server | undefined;

  /** How many, of all rules and partitions. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  note(violations: readonly Violation[], positions: ReadonlyMap<number, number>): void {
    this.#positions = positions;
    for (const { rule, partition } of violations) {
      const labels = `rule="${rule}",partition="${partition}"`;
      this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + 1);
    }
  }

  /** In the text format of Prometheus. Every rule is there from the start, so that an alert on it has something to watch. */
  text(): string {
    const zero = invariants.map((rule) => `millrace_invariant_violations_total{rule="${rule}",partition=""} 0`);
    return [
      '# HELP millrace_invariant_violations_total What was seen that does not agree with an invariant.',
      '# TYPE millrace_invariant_violations_total counter',
      ...zero,
      ...Array.from(this.#counts, ([labels, count]) => `millrace_invariant_violations_total{${labels}} ${count}`),
      '# HELP millrace_checker_position Next offset of the log that the checker reads.',
      '# TYPE millrace_checker_position gauge',
      ...Array.from(this.#positions, ([partition, at]) => `millrace_checker_position{partition="${partition}"} ${at}`),
      '',
    ].join('\n');
  }

  /** Serves `/metrics`, and nothing else, on this port of every address; gives the port, which is a free one for 0. */
  async listen(port: number): Promise<number> {
    this.#server = createServer((request, response) => {
      const isKnown = request.url === '/metrics';
      response.writeHead(isKnown ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(isKnown ? this.text() : 'Expected /metrics.\n');
    });
    this.#server.listen(port);
    await once(this.#server, 'listening');
    return (this.#server.address() as { port: number }).port;
  }

  /** Tolerates being called twice. */
  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = undefined;
  }
}
