import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '@millrace/domain';
import { createWorker, defineTask, type Handler, type TaskContext, type Worker } from './index.js';

const resizeImage = defineTask('resize-image', {
  input: z.object({ width: z.coerce.number() }),
  result: z.object({ bytes: z.number() }),
});
const ping = defineTask('ping');
/** Never called: the compiler reads it. */
const types = (_read: (worker: Worker) => void): void => undefined;

it('the public types of the worker are what they were', () => {
  expectTypeOf(createWorker).returns.toEqualTypeOf<Worker>();
  expectTypeOf<Exclude<keyof Worker, `#${string}`>>().toEqualTypeOf<
    'handle' | 'condition' | 'counts' | 'rounds' | 'start' | 'drain' | 'stop'
  >();
  expectTypeOf<keyof TaskContext>().toEqualTypeOf<
    | ('run' | 'task' | 'id' | 'attempt' | 'fencingToken' | 'idempotencyKey' | 'workflow' | 'parentResults')
    | ('eachParentResult' | 'parentResult' | 'signal' | 'checkpoint' | 'heartbeat' | 'traceparent' | 'logger')
    | 'startToCloseMs'
  >();
  expectTypeOf<TaskContext['checkpoint']>().toEqualTypeOf<Json | undefined>();
  expectTypeOf<(input: string) => number>().toExtend<Handler<string>>();
});

it('a contract or a schema says what a handler gets and returns', () => {
  types((worker) => {
    worker
      .handle(resizeImage, async (input, context) => {
        expectTypeOf(input).toEqualTypeOf<{ width: number }>();
        expectTypeOf(context).toEqualTypeOf<TaskContext>();
        return { bytes: input.width };
      })
      .handle(resizeImage, { claimFirst: true }, ({ width }) => ({ bytes: width }))
      .handle(resizeImage, new URL('file:///resize.js'))
      .handle('zod', z.object({ text: z.string() }), ({ text }) => expectTypeOf(text).toEqualTypeOf<string>())
      .handle('options', { schema: z.string(), claimFirst: true }, (text) => expectTypeOf(text).toEqualTypeOf<string>())
      .handle('plain', (input: { any: string }) => input.any)
      .handle(ping, (input) => expectTypeOf(input).toEqualTypeOf<unknown>());
    // @ts-expect-error -- the result has another type
    worker.handle(resizeImage, ({ width }) => ({ bytes: String(width) }));
    // @ts-expect-error -- the result lacks a member
    worker.handle(resizeImage, async () => ({}));
  });
});
