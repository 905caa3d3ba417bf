import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { CLOCK } from '@millrace/nest-kit';
import {
  freshness,
  quarantineList,
  workerList,
  type Freshness,
  type QuarantineList,
  type WorkerList,
} from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { z } from 'zod';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { Describe } from './describe.js';
import { Reads, type Reply } from './reads.js';
import { isDescending, quarantineQuery, waitQuery, type QuarantineQuery, type WaitQuery } from './request-schemas.js';

const nothing = z.strictObject({});

@Controller('v1')
export class SystemController {
  constructor(
    @Inject(Reads) private readonly reads: Reads,
    @Inject(WorkerDirectory) private readonly directory: WorkerDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** From the heartbeats alone: answers while Postgres is down. */
  @Get('workers')
  @Describe('Workers heard within 15 s, and which of them serve a handler', workerList)
  listWorkers(@Query({ schema: nothing }) _query: object): WorkerList {
    return this.directory.list(this.clock.now());
  }

  @Get('freshness')
  @Describe('How far each log partition is shown', freshness)
  getFreshness(
    @Query({ schema: waitQuery }) query: WaitQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Freshness> {
    return this.reads.answer(reply, query, async (positions) => {
      const now = this.clock.now();
      return {
        partitions: positions.map((position) => ({
          ...position,
          ...this.directory.lag(position.partition, position.offset, now),
        })),
      };
    });
  }

  @Get('quarantine')
  @Describe('Bytes of the log that could not be read as an event', quarantineList)
  listQuarantine(
    @Query({ schema: quarantineQuery }) query: QuarantineQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<QuarantineList> {
    return this.reads.answer(reply, query, () =>
      this.reads.model.quarantine(query, query.cursor, query.limit, isDescending(query)),
    );
  }
}
