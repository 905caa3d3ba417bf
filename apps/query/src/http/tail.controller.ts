import { Controller, Get, Headers, HttpStatus, Inject, Param, Query, Res, type OnModuleDestroy } from '@nestjs/common';
import { partitionOfRun } from '@millrace/domain';
import { CLOCK, CONFIG, ServiceProblem } from '@millrace/nest-kit';
import { readTailPosition, tailEvent, type TailPosition } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import type { FastifyReply } from 'fastify';
import type { QueryConfig } from '../query-config.js';
import { tailRun as linesOf } from '../tail/tail-run.js';
import { Tails } from '../tail/tails.js';
import { DescribeEvents } from './describe.js';
import { Reads } from './reads.js';
import { waitQuery, type WaitQuery } from './request-schemas.js';
import { checkedRunId, runUnknown } from './run-problems.js';

@Controller('v1/runs')
export class TailController implements OnModuleDestroy {
  constructor(
    @Inject(Reads) private readonly reads: Reads,
    @Inject(Tails) private readonly tails: Tails,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: QueryConfig,
  ) {}

  @Get(':id/events')
  @DescribeEvents(
    'How a run and its task runs stand, then each move, until the run has ended (server-sent events)',
    tailEvent,
  )
  async tailRun(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query({ schema: waitQuery }) query: WaitQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = positionOf(checkedRunId(id), lastEventId);
    if (from?.isEnd === true) return void reply.code(HttpStatus.NO_CONTENT).send();
    this.tails.checkRoom();
    const sinceMs = from?.atMs ?? 0;
    const first = await this.reads.answer(reply, waitOf(query, from), async () => {
      const moves = await this.reads.model.moves(id, { movedMs: sinceMs, task: -1 });
      if (moves === undefined) throw runUnknown(id);
      return moves;
    });
    const openMsMax = this.config.MILLRACE_QUERY_TAIL_MS;
    const lines = linesOf({ model: this.reads.model, clock: this.clock, openMsMax }, first, sinceMs);
    const body = this.tails.begin(lines);
    reply.header('content-type', 'text/event-stream; charset=utf-8');
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(body);
  }

  /** Before the server waits for its connections to end. */
  onModuleDestroy(): void {
    this.tails.stop();
    this.reads.model.endFollowing();
  }
}

function positionOf(id: string, lastEventId: string | undefined): TailPosition | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const position = readTailPosition(lastEventId);
  if (position?.partition === partitionOfRun(id)) return position;
  const detail = 'Expected Last-Event-ID to be the id of an event of this run, but it is none. Begin without it.';
  throw new ServiceProblem({ status: 400, code: 'event-id-invalid', detail });
}

/** A projection that is behind what the caller has seen (rebuilt, or another one) is waited for. */
function waitOf(query: WaitQuery, from: TailPosition | undefined): WaitQuery {
  if (from === undefined || query.waitFor !== undefined) return query;
  return { ...query, waitFor: `${from.partition}:${from.offset}` };
}
