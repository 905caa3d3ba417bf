import { createService, readConfig, type Service } from '@millrace/nest-kit';
import { PgProjectionStore } from '@millrace/postgres';
import { freshDatabase, type FreshDatabase } from '@millrace/postgres/testing';
import { problem, tailEvent } from '@millrace/protocol';
import { projectionBatch, projectionPosition, quietJournal, runRow, taskRunRow } from '@millrace/runtime/testing';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { queryConfig } from '../query-config.js';
import { queryService } from '../query-service.js';

const run = '0000' + 'a'.repeat(32);
const at = 1_700_000_000_000;
let database: FreshDatabase;
let store: PgProjectionStore;
let service: Service;
let url: string;

beforeEach(async () => {
  database = await freshDatabase(inject('databaseUrl'));
  store = new PgProjectionStore({ databaseUrl: database.url });
  await store.commit(
    projectionBatch([{ ...projectionPosition(0, 10), at }], {
      runsBorn: [runRow(run, { taskCount: 450, requestedAt: at })],
      tasksBorn: Array.from({ length: 450 }, (_, task) => taskRunRow(run, task, { movedAt: at })),
    }),
  );
  await start({});
});
afterEach(async () => {
  await service.app.close();
  await store.close();
  await database.drop();
});

async function start(env: Record<string, string>): Promise<void> {
  const config = readConfig(queryConfig, {
    MILLRACE_KAFKA_BROKERS: '127.0.0.1:1',
    DATABASE_URL: database.url,
    ...env,
  });
  service = await createService({ ...queryService(config), journal: quietJournal() });
  await service.app.listen(0, '127.0.0.1');
  url = `${await service.app.getUrl()}/v1/runs/${run}/events`;
}

interface Heard {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** Events as they come; ends where the service ends. */
async function* follow(lastEventId?: string, from = url): AsyncGenerator<Heard> {
  const response = await fetch(from, { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + piece).split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, id, name, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (id !== undefined) yield { id, name: name!, data: data! };
    }
  }
}

async function take(events: AsyncGenerator<Heard>, count: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < count) {
    const next = await events.next();
    if (next.done === true) break;
    heard.push(next.value);
  }
  return heard;
}

const moved = (task: number, status: 'running' | 'succeeded', movedAt: number) =>
  taskRunRow(run, task, { status, movedAt, attempt: 1 });
const names = (heard: readonly Heard[]): string[] => heard.map(({ name }) => name);

it('tells how a run stands, then each move, and ends with the run', async () => {
  const events = follow();
  const before = await take(events, 451);
  expect(names(before)).toEqual(['run.running', ...Array<string>(450).fill('task.queued')]);
  expect(new Set(before.map(({ data }) => data)).size).toBe(451);
  for (const { data } of before.slice(0, 3)) tailEvent.parse(JSON.parse(data));
  await store.commit(
    projectionBatch([{ ...projectionPosition(10, 11), at: at + 5 }], { tasksChanged: [moved(7, 'running', at + 5)] }),
  );
  const [running] = await take(events, 1);
  expect([running!.name, running!.id]).toEqual(['task.running', `0-11-${at + 5}`]);
  await store.commit(
    projectionBatch([{ ...projectionPosition(11, 12), at: at + 5 }], {
      tasksChanged: [moved(7, 'succeeded', at + 5)],
      runsChanged: [runRow(run, { taskCount: 450, requestedAt: at, status: 'succeeded', endedAt: at + 5 })],
    }),
  );
  const rest = await take(events, 9);
  expect(names(rest)).toEqual(['task.succeeded', 'run.succeeded']);
  const again = await fetch(url, { headers: { 'last-event-id': rest.at(-1)!.id } });
  expect(again.status).toBe(204);
});

it('goes on behind the last event that arrived', async () => {
  const last = (await take(follow(), 451)).at(-1)!;
  await store.commit(
    projectionBatch([{ ...projectionPosition(10, 11), at: at + 9 }], { tasksChanged: [moved(3, 'running', at + 9)] }),
  );
  const events = follow(last.id);
  const heard = await take(events, 451);
  expect(names(heard).at(0)).toBe('run.running');
  expect(names(heard).at(-1)).toBe('task.running');
  const next = follow(heard.at(-1)!.id);
  expect(names(await take(next, 2))).toEqual(['run.running', 'task.running']);
  await Promise.all([events.return(undefined), next.return(undefined)]);
});

it('tells that a run is paused', async () => {
  const events = follow();
  await take(events, 451);
  const runsPaused = [{ run, isSingle: false, since: at + 1 }];
  await store.commit(projectionBatch([{ ...projectionPosition(10, 11), at: at + 1 }], { runsPaused }));
  expect(names(await take(events, 1))).toEqual(['run.paused']);
  await events.return(undefined);
});

it('refuses as problems before it begins', async () => {
  const refusal = async (to: string, lastEventId?: string): Promise<string> => {
    const answer = await fetch(to, { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const { status, code } = problem.parse(await answer.json());
    return `${status} ${code}`;
  };
  expect(await refusal(url.replace(run, 'nonsense'))).toBe('400 run-id-invalid');
  expect(await refusal(url.replace(run, '0'.repeat(36)))).toBe('404 run-unknown');
  expect(await refusal(url, 'here')).toBe('400 event-id-invalid');
  expect(await refusal(url, `1-10-${at}`)).toBe('400 event-id-invalid');
  expect(await refusal(`${url}?waitMs=20`, `0-11-${at}`)).toBe('412 not-yet-visible');
  await service.app.close();
  await start({ MILLRACE_QUERY_TAILS_MAX: '1' });
  const events = follow(undefined, url);
  await take(events, 1);
  expect(await refusal(url)).toBe('503 tails-full');
  await events.return(undefined);
});

it('ends after its time, and with the service', async () => {
  const open = follow();
  await take(open, 451);
  const ended = take(open, 1).catch(() => []);
  await service.app.close();
  expect(await ended).toEqual([]);
  await start({ MILLRACE_QUERY_TAIL_MS: '1000' });
  const short = follow();
  await take(short, 451);
  await store.commit(projectionBatch([{ ...projectionPosition(10, 11), at: at + 1 }]));
  expect(await take(short, 1)).toEqual([]);
  await short.return(undefined);
});
