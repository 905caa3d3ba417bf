import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CLOCK } from '@millrace/nest-kit';
import { DatabaseRefused, DatabaseUnavailable, type PartitionPosition } from '@millrace/postgres';
import {
  partitionList,
  queueList,
  rulesView,
  type PartitionList,
  type QueueList,
  type RulesView,
} from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { z } from 'zod';
import { listPartitions } from '../partitions/list-partitions.js';
import { LogBounds } from '../partitions/log-bounds.js';
import { reviewRules } from '../partitions/review-rules.js';
import { ServiceDirectory } from '../partitions/service-directory.js';
import { listQueues } from '../queues/list-queues.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { Describe } from './describe.js';
import { Reads } from './reads.js';

const nothing = z.strictObject({});

/** What operators ask of the log itself. Answers with what is known while Kafka or Postgres is down. */
@Controller('v1')
export class PartitionsController {
  constructor(
    @Inject(Reads) private readonly reads: Reads,
    @Inject(ServiceDirectory) private readonly services: ServiceDirectory,
    @Inject(WorkerDirectory) private readonly directory: WorkerDirectory,
    @Inject(LogBounds) private readonly bounds: LogBounds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('partitions')
  @Describe('Log partitions: offsets, owner, projection, lag, accounts, and who has halted', partitionList)
  async listPartitions(@Query({ schema: nothing }) _query: object): Promise<PartitionList> {
    const [bounds, positions] = await Promise.all([this.bounds.all(), this.#positions()]);
    const now = this.clock.now();
    const { services } = this;
    return { partitions: listPartitions({ bounds, services, positions, now }), ...services.freshness(now) };
  }

  @Get('queues')
  @Describe('By queue and band: what waits and since when, what is in flight, and who serves it', queueList)
  listQueues(@Query({ schema: nothing }) _query: object): QueueList {
    const now = this.clock.now();
    const { services } = this;
    return { ...listQueues(services.owners(now), this.directory.list(now).workers), ...services.freshness(now) };
  }

  @Get('rules')
  @Describe('Rules in force by partition, what each service knows, and what could be raised', rulesView)
  getRules(@Query({ schema: nothing }) _query: object): RulesView {
    return reviewRules(this.services, this.clock.now());
  }

  async #positions(): Promise<readonly PartitionPosition[]> {
    try {
      return await this.reads.model.positions();
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof DatabaseRefused) return [];
      throw error;
    }
  }
}
