import { Readable } from 'node:stream';
import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { LogBirths } from '@millrace/nest-kit';
import { registerWorkflow, workflowHead, workflowNode, workflowRegistered } from '@millrace/protocol';
import type { FastifyReply } from 'fastify';
import { readYaml } from '../workflows/read-yaml.js';
import { Registration, type Registered } from '../workflows/registration.js';
import { WorkflowStreams } from '../workflows/workflow-streams.js';
import { answer } from './answer.js';
import { Describe } from './describe.js';

@Controller('v1')
export class WorkflowsController {
  constructor(
    @Inject(Registration) private readonly registration: Registration,
    @Inject(WorkflowStreams) private readonly streams: WorkflowStreams,
    @Inject(LogBirths) private readonly births: LogBirths,
  ) {}

  /** YAML arrives as text, NDJSON as a stream, JSON parsed. */
  @Post('workflows')
  @Describe({
    summary: 'Register a workflow, as JSON or YAML; as application/x-ndjson of up to 1,000,000 tasks',
    body: registerWorkflow,
    yaml: true,
    ndjson: [workflowHead, workflowNode],
    answers: { 200: workflowRegistered, 201: workflowRegistered },
  })
  async registerWorkflow(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    void this.births.partitions; // Throws while the log is not ready.
    const { isNew, ...registered } = await this.#register(body, reply);
    answer(reply, isNew ? 201 : 200, registered);
  }

  #register(body: unknown, { request, raw }: FastifyReply): Promise<Registered> {
    if (body instanceof Readable) {
      // What is left unread of a stream that was refused is not to be taken for another request.
      raw.once('finish', () => !body.readableEnded && request.raw.socket.destroySoon());
      return this.streams.register(body);
    }
    const isYaml = request.headers['content-type']?.includes('yaml') === true;
    return this.registration.register(isYaml ? readYaml(body as string) : body);
  }
}
