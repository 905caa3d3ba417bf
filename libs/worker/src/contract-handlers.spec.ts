import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask } from '@millrace/protocol';
import { delivery, settled, TestWorker } from './testing/given-worker.js';

const resizeImage = defineTask('resize-image', {
  input: z.object({ width: z.coerce.number() }),
  result: z.object({ bytes: z.number() }),
});

async function outcomeOf(serve: (worker: TestWorker['worker']) => unknown, input: unknown = { width: '3' }) {
  const test = await new TestWorker().join();
  serve(test.worker);
  test.deliver([delivery('resize-image', { input: input as never })]);
  await settled();
  return { outcome: test.of('TaskFinished')[0]?.outcome, starts: test.of('TaskStarted') };
}

describe('a handler of a contract', () => {
  it('is served by its name, and gets what the schema gives out', async () => {
    const { outcome } = await outcomeOf((worker) =>
      worker.handle(resizeImage, async ({ width }) => ({ bytes: width * 2 })),
    );
    expect(outcome).toEqual({ kind: 'succeeded', result: { bytes: 6 } });
  });

  it('fails for good where it returns something else, and says which field', async () => {
    const { outcome } = await outcomeOf((worker) =>
      worker.handle(resizeImage, async () => ({ bytes: 'six' }) as never),
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      retryable: false,
      error: {
        name: 'ResultRefused',
        message:
          'Expected the result of handler resize-image to match its schema, but: bytes: expected number, found string "six".',
      },
    });
  });

  it('fails for good on another input, and does not run', async () => {
    let ran = false;
    const { outcome } = await outcomeOf((worker) => worker.handle(resizeImage, () => ((ran = true), { bytes: 1 })), {
      width: 'wide',
    });
    expect(outcome).toMatchObject({
      error: { message: expect.stringContaining('width: expected number, found string') },
    });
    expect(ran).toBe(false);
  });

  it('waits for a schema that takes its time', async () => {
    const late = defineTask('resize-image', { result: z.number().refine(async (value) => value > 1) });
    const end = async (value: number) => (await outcomeOf((worker) => worker.handle(late, () => value))).outcome;
    expect(await end(2)).toEqual({ kind: 'succeeded', result: 2 });
    expect(await end(1)).toMatchObject({ kind: 'failed', error: { name: 'ResultRefused' } });
  });

  it('claims first where the contract says so, unless this worker says otherwise', async () => {
    const careful = defineTask('resize-image', { claimFirst: true });
    expect((await outcomeOf((worker) => worker.handle(careful, () => 1))).starts).toHaveLength(1);
    expect((await outcomeOf((worker) => worker.handle(careful, { claimFirst: false }, () => 1))).starts).toEqual([]);
  });
});
