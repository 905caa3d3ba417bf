import { Controller } from '@nestjs/common';
import { createClient, MillraceError, type MillraceClient } from '@millrace/client';
import { MillraceModule, TaskHandler } from '@millrace/nestjs';
import { createWorker, NonRetryableError, type TaskContext, type WorkerOptions } from '@millrace/worker';

const client: MillraceClient = createClient({ url: 'http://127.0.0.1:8470' });
export const options: WorkerOptions = { brokers: ['127.0.0.1:9092'], slots: 10 };
export const worker = createWorker(options).handle<{ n: number }>('double', async ({ n }, context: TaskContext) => {
  if (n < 0) throw new NonRetryableError('Expected no negative number.');
  context.logger.info({ n }, 'doubles');
  return { n: 2 * n };
});
// @ts-expect-error: no worker without brokers.
createWorker({});
// @ts-expect-error: no task without a handler.
void client.submitTask({});

@Controller()
export class Doubles {
  @TaskHandler('double')
  double(input: { n: number }): { n: number } {
    return { n: 2 * input.n };
  }
}
export const module = MillraceModule.forRoot({
  client: { url: 'http://127.0.0.1:8470' },
  worker: { brokers: '127.0.0.1:9092' },
});

export async function asked(): Promise<string | undefined> {
  try {
    const { run } = await client.submitTask({ handler: 'double', input: { n: 1 } });
    return run;
  } catch (error) {
    return error instanceof MillraceError ? error.code : undefined;
  }
}
