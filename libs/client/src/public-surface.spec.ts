import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { BulkAnswer, RunDetail, RunView, Submitted, TaskRunView } from '@millrace/protocol';
import {
  createClient,
  defineTask,
  resultOf,
  taskFor,
  workflowContract,
  type ClientErrorCode,
  type HandlerInputOf,
  type InputOf,
  type ListRuns,
  type MillraceClient,
  type MillraceError,
  type MillraceErrorCode,
  type ResultOf,
} from './index.js';

const client = createClient({ url: 'http://127.0.0.1:1' });
const resizeImage = defineTask('resize-image', {
  input: z.object({ url: z.string(), width: z.coerce.number<string>() }),
  result: z.object({ bytes: z.number() }).transform(({ bytes }) => bytes),
});
const ping = defineTask('ping');
const etl = workflowContract('etl', { input: z.object({ source: z.string() }) });
/** Never called: the compiler reads it. */
const types = (_read: () => void): void => undefined;

it('the public types of the client are what they were', () => {
  expectTypeOf(client).toEqualTypeOf<MillraceClient>();
  expectTypeOf<keyof MillraceClient>().toEqualTypeOf<
    | ('registerWorkflow' | 'streamWorkflow' | 'submitRun' | 'submitTask' | 'submitBulk' | 'submitStream')
    | ('cancelRun' | 'pauseRun' | 'resumeRun' | 'setPriority' | 'getRun' | 'listRuns' | 'runs' | 'listTaskRuns')
    | ('taskRuns' | 'tailRun' | 'waitForRun' | 'waitForResult' | 'listWorkflows' | 'workflows' | 'getWorkflow')
    | ('workers' | 'drainWorker' | 'queues' | 'partitions' | 'rules' | 'listQuarantine' | 'freshness' | 'sql')
  >();
  expectTypeOf(client.submitBulk).returns.resolves.toEqualTypeOf<BulkAnswer>();
  expectTypeOf(client.getRun).returns.resolves.toEqualTypeOf<RunDetail>();
  expectTypeOf(client.runs()).toEqualTypeOf<AsyncIterableIterator<RunView>>();
  expectTypeOf<NonNullable<ListRuns['sort']>>().toEqualTypeOf<'requestedAt' | '-requestedAt'>();
});

it('errors have a union of codes', () => {
  expectTypeOf<MillraceError['code']>().toEqualTypeOf<MillraceErrorCode>();
  expectTypeOf<'run-unknown' | 'log-unavailable' | ClientErrorCode>().toExtend<MillraceErrorCode>();
  expectTypeOf<'run-unkown'>().not.toExtend<MillraceErrorCode>();
});

it('a contract gives its types', () => {
  expectTypeOf<InputOf<typeof resizeImage>>().toEqualTypeOf<{ url: string; width: string }>();
  expectTypeOf<HandlerInputOf<typeof resizeImage>>().toEqualTypeOf<{ url: string; width: number }>();
  expectTypeOf<ResultOf<typeof resizeImage>>().toEqualTypeOf<number>();
});

it('a contract says what its submits take and what they result in', () => {
  types(() => {
    expectTypeOf(
      client.submitTask(resizeImage, { input: { url: 'u', width: '1' } }),
    ).resolves.toEqualTypeOf<Submitted>();
    expectTypeOf(client.submitTask({ handler: 'h', input: { any: 'thing' } })).resolves.toEqualTypeOf<Submitted>();
    void client.submitTask(ping);
    void client.submitTask(ping, { input: [1], band: 'high' }, { waitForVerdict: true });
    void client.submitRun(etl, { input: { source: 's' }, idempotencyKey: 'k' });
    void taskFor(resizeImage, { input: { url: 'u', width: '1' }, delayMs: 5 });
    // @ts-expect-error -- the schema takes a string
    void client.submitTask(resizeImage, { input: { url: 'u', width: 1 } });
    // @ts-expect-error -- the input is missing
    void client.submitTask(resizeImage);
    // @ts-expect-error -- the input has another member
    void client.submitRun(etl, { input: { sauce: 's' } });
    // @ts-expect-error -- the contract names the handler
    void client.submitTask(resizeImage, { handler: 'other', input: { url: 'u', width: '1' } });
    expectTypeOf(client.waitForResult(resizeImage, 'r')).resolves.toEqualTypeOf<number>();
    expectTypeOf(client.waitForResult(ping, 'r')).resolves.toEqualTypeOf<unknown>();
    expectTypeOf(resultOf(resizeImage, {} as TaskRunView)).resolves.toEqualTypeOf<number>();
  });
});
