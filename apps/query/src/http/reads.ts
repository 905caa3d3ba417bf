import { ServiceProblem } from '@millrace/nest-kit';
import type { PartitionPosition, ReadModel } from '@millrace/postgres';
import { positionHeader } from '@millrace/protocol';
import { problemOfRead } from './problem-of-read.js';
import type { WaitQuery } from './request-schemas.js';

/** The part of Fastify's reply that is used here. */
export interface Reply {
  header(name: string, value: string): unknown;
}

/** What all reads share: waiting for an offset, saying how fresh the answer is, and what went wrong. */
export class Reads {
  constructor(readonly model: ReadModel) {}

  /** Positions are read before the rows, so the rows are at least as fresh as the header says. */
  async answer<Body>(
    reply: Reply,
    wait: WaitQuery,
    read: (positions: readonly PartitionPosition[]) => Promise<Body>,
  ): Promise<Body> {
    try {
      await this.#waitFor(wait);
      const positions = await this.model.positions();
      const body = await read(positions);
      reply.header(positionHeader, positions.map(({ partition, offset }) => `${partition}:${offset}`).join(','));
      return body;
    } catch (error) {
      throw problemOfRead(error);
    }
  }

  async #waitFor({ waitFor, waitMs }: WaitQuery): Promise<void> {
    if (waitFor === undefined) return;
    const [partition, offset] = waitFor.split(':') as [string, string];
    if (await this.model.waitForOffset(Number(partition), BigInt(offset), waitMs)) return;
    // The caller set the condition and the time, and nothing is broken: no 5xx, which would count as our failure and raise alarms.
    throw new ServiceProblem({
      status: 412,
      code: 'not-yet-visible',
      detail: `Expected partition ${partition} to be shown up to offset ${offset} within ${waitMs} ms, but it is not. Ask again, or without waitFor.`,
      retryAfterMs: 1_000,
    });
  }
}
