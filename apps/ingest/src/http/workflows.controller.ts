import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { LogBirths } from '@millrace/nest-kit';
import { registerWorkflow, workflowRegistered } from '@millrace/protocol';
import type { FastifyReply } from 'fastify';
import { readYaml } from '../workflows/read-yaml.js';
import { Registration } from '../workflows/registration.js';
import { answer } from './answer.js';
import { Describe } from './describe.js';

@Controller('v1')
export class WorkflowsController {
  constructor(
    @Inject(Registration) private readonly registration: Registration,
    @Inject(LogBirths) private readonly births: LogBirths,
  ) {}

  /** YAML arrives as text, JSON parsed. */
  @Post('workflows')
  @Describe({
    summary: 'Register a workflow, as JSON or YAML',
    body: registerWorkflow,
    yaml: true,
    answers: { 200: workflowRegistered, 201: workflowRegistered },
  })
  async register(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    void this.births.partitions; // Throws while the log is not ready.
    const isYaml = reply.request.headers['content-type']?.includes('yaml') === true;
    const { isNew, ...registered } = await this.registration.register(isYaml ? readYaml(body as string) : body);
    answer(reply, isNew ? 201 : 200, registered);
  }
}
