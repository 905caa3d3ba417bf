import type { Problem } from '@millrace/protocol';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { MillraceError } from './millrace-error.js';
import type { StreamAnswer, StreamItem, StreamOptions } from './submit-stream.js';

type Reply = (text: string, request: number) => object;

/** A service that answers each line as it is told, and remembers the lines of each request. */
function service(reply: Reply, answersMax = Infinity) {
  const requests: string[][] = [];
  const fetch = async (_: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const lines = String(init.body).split('\n');
    requests.push(lines);
    const answers = lines.slice(0, answersMax).map((text, index) => {
      return `${JSON.stringify({ line: index + 1, ...reply(text, requests.length) })}\n`;
    });
    return new Response(answers.join(''), { status: 200 });
  };
  return { requests, client: createClient({ url: 'http://m', fetch, retriesMax: 0 }) };
}
const logged: Reply = (text) => ({ run: text, position: { partition: 0, offset: '1' } });
const refusal = (status: number, code: string, retryAfter = 0): { problem: Problem } => ({
  problem: { type: 'urn:x', title: 't', status, code, detail: 'Expected a, but b.', retryAfter },
});
const task = (handler: string): StreamItem => ({ handler });
const textOf = (answer: StreamAnswer) => `${answer.index} ${'problem' in answer ? answer.problem.code : answer.run}`;

async function all(
  { client }: ReturnType<typeof service>,
  items: Iterable<StreamItem> | AsyncIterable<StreamItem>,
  options?: StreamOptions,
): Promise<string[]> {
  const answers: string[] = [];
  for await (const answer of client.submitStream(items, options)) answers.push(textOf(answer));
  return answers;
}

describe('a stream of submits', () => {
  it('answers every item by its place, in few requests, and passes blank text over', async () => {
    const given = service((text) => (text.includes('bad') ? refusal(400, 'request-invalid') : logged(text, 0)));
    const items = [task('a'), ' \n', '{"handler":\n"b"}', task('bad'), task('c')];
    expect(await all(given, items)).toEqual([
      '0 {"handler":"a"}',
      '2 {"handler": "b"}',
      '3 request-invalid',
      '4 {"handler":"c"}',
    ]);
    expect(given.requests).toHaveLength(1);
  });

  it('takes no more items than may be in flight before they are answered', async () => {
    let taken = 0;
    let answered = 0;
    let most = 0;
    async function* source(): AsyncGenerator<StreamItem> {
      for (; taken < 50;) {
        taken += 1;
        most = Math.max(most, taken - answered);
        yield task(`h${taken}`);
      }
    }
    const given = service(logged);
    for await (const _ of given.client.submitStream(source(), { inFlightMax: 7 })) answered += 1;
    expect([taken, answered]).toEqual([50, 50]);
    expect(most).toBeLessThanOrEqual(7);
    expect(Math.max(...given.requests.map((lines) => lines.length))).toBeLessThanOrEqual(7);
  });

  it('sends again what was refused for now, and the others go on meanwhile', async () => {
    const given = service((text, request) =>
      text.includes('late') && request < 3 ? refusal(429, 'dispatcher-behind') : logged(text, 0),
    );
    const answers = await all(given, [task('late'), task('a')]);
    expect(answers).toEqual(['1 {"handler":"a"}', '0 {"handler":"late"}']);
    expect(given.requests.slice(1)).toEqual([['{"handler":"late"}'], ['{"handler":"late"}']]);
  });

  it('gives an item up when its patience is over, with what the service said', async () => {
    const given = service(() => refusal(503, 'log-behind', 1));
    expect(await all(given, [task('a')], { patienceMs: 0 })).toEqual(['0 log-behind']);
    expect(given.requests).toHaveLength(1);
  });

  it('sends what may have been logged again only where it has a key', async () => {
    const given = service((text, request) => (request === 1 ? refusal(503, 'log-unavailable') : logged(text, 0)));
    const keyed = '{"handler":"k","idempotencyKey":"1"}';
    expect(await all(given, [task('a'), keyed, JSON.parse(keyed) as StreamItem])).toEqual([
      '0 log-unavailable',
      `1 ${keyed}`,
      `2 ${keyed}`,
    ]);
  });

  it('ends its source when nobody wants more answers', async () => {
    let isClosed = false;
    function* source(): Generator<StreamItem> {
      try {
        for (;;) yield task('h');
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of service(logged).client.submitStream(source())) break;
    expect(isClosed).toBe(true);
  });

  it('throws what its source throws, and says where answers are missing', async () => {
    const failing = (function* (): Generator<StreamItem> {
      yield task('a');
      throw new RangeError('source');
    })();
    const before = service(logged);
    await expect(all(before, failing)).rejects.toThrow(RangeError);
    expect(before.requests).toEqual([['{"handler":"a"}']]);
    const cut = all(service(logged, 1), [task('a'), task('b')]);
    await expect(cut).rejects.toThrow(MillraceError);
    await expect(cut).rejects.toMatchObject({ code: 'answer-incomplete' });
  });
});
