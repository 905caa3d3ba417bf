import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { drainAnswer, drainWorker } from '@millrace/protocol';
import type { FastifyReply } from 'fastify';
import { parseBody } from '@millrace/protocol/requests';
import { Drains } from '../workers/drains.js';
import { answer } from './answer.js';
import { Describe } from './describe.js';

/** Orders to workers. 202 means that the worker was told. */
@Controller('v1')
export class WorkersController {
  constructor(@Inject(Drains) private readonly drains: Drains) {}

  @Post('workers/:id/drain')
  @Describe({ summary: 'Let a worker drain', body: drainWorker, answers: { 202: drainAnswer } })
  async drainWorker(@Param('id') id: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    parseBody(drainWorker, body ?? {});
    answer(reply, 202, await this.drains.drain(id));
  }
}
