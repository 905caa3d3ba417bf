import { Readable } from 'node:stream';
import { Body, Controller, Headers, Inject, Param, Post, Res } from '@nestjs/common';
import { sendProblem } from '@millrace/nest-kit';
import {
  commandAnswer,
  commandRun,
  setPriority,
  submitBulk,
  submitRun,
  submitTask,
  submitted,
  bulkAnswer,
  bulkLine,
  type CommandAnswer,
} from '@millrace/protocol';
import type { FastifyReply } from 'fastify';
import {
  type Asked,
  isAskedAtOnce,
  type ItemOrProblem,
  parseBody,
  readAsked,
  readItem,
  readRun,
  readTask,
  type RequestHeaders,
  requestInvalid,
  type RunVerb,
} from '@millrace/protocol/requests';
import { nativeDigest } from '../submit/native-digest.js';
import { RunCommands } from '../submit/run-commands.js';
import { Submission } from '../submit/submission.js';
import { BulkStreams } from '../stream/bulk-stream.js';
import { answer } from './answer.js';
import { Describe } from './describe.js';

/** Everything that asks for runs. 202 means that it is in the log. */
@Controller('v1')
export class RunsController {
  constructor(
    @Inject(Submission) private readonly submission: Submission,
    @Inject(BulkStreams) private readonly streams: BulkStreams,
    @Inject(RunCommands) private readonly commands: RunCommands,
  ) {}

  @Post('runs')
  @Describe({
    summary: 'Run a registered workflow',
    body: submitRun,
    answers: { 200: submitted, 202: submitted },
    headers: ['idempotency-key', 'prefer'],
    positioned: true,
  })
  async submitRun(
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const of = asked(headers, reply);
    await this.#submitOne(readRun(body, '', of), reply);
  }

  @Post('tasks')
  @Describe({
    summary: 'Run a single task',
    body: submitTask,
    answers: { 200: submitted, 202: submitted },
    headers: ['idempotency-key', 'prefer'],
    positioned: true,
  })
  async submitTask(
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const of = asked(headers, reply);
    await this.#submitOne(readTask(body, '', of), reply);
  }

  @Post('bulk')
  @Describe({
    summary: 'Up to 1,000 runs and tasks, each answered by itself; as application/x-ndjson any number, one a line',
    body: submitBulk,
    ndjson: [submitRun, submitTask],
    ndjsonAnswer: { status: 200, line: bulkLine },
    answers: Object.fromEntries([202, 207, 400, 409, 413, 422, 429, 503].map((status) => [status, bulkAnswer])),
    headers: ['prefer'],
    positioned: true,
  })
  async submitBulk(
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const of = asked(headers, reply);
    if (of.key !== undefined) throw requestInvalid([keyOfBulk]);
    if (body instanceof Readable) {
      const lines = Readable.from(this.streams.answer(body, of), { objectMode: false });
      return void reply.code(200).header('content-type', 'application/x-ndjson; charset=utf-8').send(lines);
    }
    const { items } = parseBody(submitBulk, body);
    const answers = await this.submission.submit(items.map((item, place) => readItem(item, `/items/${place}`, of)));
    const positions = answers.flatMap((each) => ('problem' in each ? [] : each.position));
    const problem = answers.find((each) => 'problem' in each)?.problem;
    const none = problem !== undefined && positions.length === 0;
    const status = none ? problem.status : problem === undefined ? 202 : 207;
    if (none && problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
    answer(reply, status, { items: answers }, positions);
  }

  @Post('runs/:id/cancel')
  @Describe({
    summary: 'Cancel a run',
    body: commandRun,
    answers: { 200: commandAnswer, 202: commandAnswer },
    headers: ['prefer'],
    positioned: true,
  })
  async cancelRun(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#command('cancel', id, body, headers, reply);
  }

  @Post('runs/:id/pause')
  @Describe({
    summary: 'Dispatch nothing of a run until it is resumed',
    body: commandRun,
    answers: { 200: commandAnswer, 202: commandAnswer },
    headers: ['prefer'],
    positioned: true,
  })
  async pauseRun(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#command('pause', id, body, headers, reply);
  }

  @Post('runs/:id/resume')
  @Describe({
    summary: 'Let a paused run go on',
    body: commandRun,
    answers: { 200: commandAnswer, 202: commandAnswer },
    headers: ['prefer'],
    positioned: true,
  })
  async resumeRun(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#command('resume', id, body, headers, reply);
  }

  @Post('runs/:id/priority')
  @Describe({
    summary: 'Give a run another band',
    body: setPriority,
    answers: { 200: commandAnswer, 202: commandAnswer },
    headers: ['prefer'],
    positioned: true,
  })
  async setRunPriority(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { band, task } = parseBody(setPriority, body);
    answerCommand(reply, await this.commands.prioritize(id, band, task, waitsFor(headers, reply)));
  }

  async #command(
    verb: RunVerb,
    id: string,
    body: unknown,
    headers: RequestHeaders,
    reply: FastifyReply,
  ): Promise<void> {
    const { reason } = parseBody(commandRun, body ?? {});
    answerCommand(reply, await this.commands.send(verb, id, reason, waitsFor(headers, reply)));
  }

  async #submitOne(read: ItemOrProblem, reply: FastifyReply): Promise<void> {
    if ('problem' in read) return sendProblem(reply, read.problem);
    const [logged] = await this.submission.submit([read]);
    if (logged === undefined || 'problem' in logged) return sendProblem(reply, logged!.problem);
    answer(reply, logged.verdict === 'known' ? 200 : 202, logged, [logged.position]);
  }
}

const keyOfBulk = {
  code: 'key-invalid',
  message:
    'Expected a key for each item, but the header Idempotency-Key names one for all. Give items an idempotencyKey.',
  path: '',
};

/** Does a command wait for its verdict? It does unless it is told not to. */
function waitsFor(headers: RequestHeaders, reply: FastifyReply): boolean {
  const isAtOnce = isAskedAtOnce(headers);
  if (isAtOnce) reply.header('preference-applied', 'respond-async');
  return !isAtOnce;
}

function answerCommand(reply: FastifyReply, sent: CommandAnswer): void {
  answer(reply, sent.verdict === 'unchanged' ? 200 : 202, sent, [sent.position]);
}

function asked(headers: RequestHeaders, reply: FastifyReply): Asked {
  const read = readAsked(headers);
  if ('fault' in read) throw requestInvalid([read.fault]);
  if (read.waits) reply.header('preference-applied', 'wait');
  return { ...read, digest: nativeDigest };
}
