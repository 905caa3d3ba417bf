import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { of } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask, Worker, type Handler, type TaskContext } from '@millrace/worker';
import { MillraceModule } from './millrace-module.js';
import { MillraceServer } from './millrace-server.js';
import { TaskHandler } from './task-handler.js';

class OutOfPaper extends Error {
  override readonly name = 'OutOfPaper';
}

const count = defineTask('count', { result: z.number(), claimFirst: true });

@Controller()
class Reports {
  @TaskHandler('add', { claimFirst: true })
  async add(@Payload() { left, right }: { left: number; right: number }, @Ctx() context: unknown): Promise<unknown> {
    return { sum: left + right, by: (context as TaskContext).id };
  }
  @TaskHandler('stream')
  stream() {
    return of(1, 2, 3);
  }
  @TaskHandler(count)
  count({ words }: { words: string }) {
    return words.split(' ').length;
  }
  @TaskHandler('nothing')
  async nothing() {}
  @TaskHandler('print')
  async print() {
    throw new OutOfPaper('tray 2');
  }
}

const context = { id: 'n' } as TaskContext;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A worker that remembers what it was told, in the place of one with a cluster. */
class RecordingWorker extends Worker {
  readonly served = new Map<string, { options: unknown; handler: Handler<unknown> }>();
  calls: string[] = [];

  constructor() {
    super({} as never);
  }
  override handle(named: unknown, options: unknown, handler?: unknown): this {
    this.served.set(String(named), { options, handler: handler as Handler<unknown> });
    return this;
  }
  override async start(): Promise<void> {
    this.calls.push('start');
  }
  override async stop(): Promise<void> {
    this.calls.push('stop');
  }
}

async function served(controllers: (typeof Reports)[]) {
  const worker = new RecordingWorker();
  @Module({ controllers })
  class App {}
  const strategy = new MillraceServer(worker);
  const app = await NestFactory.createMicroservice(App, { strategy, logger: false, abortOnError: false });
  closing.push(() => app.close());
  await app.listen();
  const call = (name: string, input?: unknown) => worker.served.get(name)!.handler(input, context);
  return { worker, app, strategy, call };
}

describe('an application with task handlers', () => {
  it('serves each under its name with its options, and starts the worker', async () => {
    const { worker } = await served([Reports]);
    expect([...worker.served.keys()]).toEqual(['add', 'stream', 'count', 'nothing', 'print']);
    expect(worker.served.get('add')!.options).toEqual({ claimFirst: true });
    expect(worker.served.get('count')!.options).toEqual({ claimFirst: true, result: count.result });
    expect(worker.calls).toEqual(['start']);
  });

  it('gives a method the input and the context, and its value as result', async () => {
    const { call } = await served([Reports]);
    expect(await call('add', { left: 1, right: 2 })).toEqual({ sum: 3, by: 'n' });
    expect(await call('stream')).toBe(3);
    expect(await call('nothing')).toBeUndefined();
  });

  it('lets the error out as it was thrown', async () => {
    const { call } = await served([Reports]);
    await expect(call('print')).rejects.toBeInstanceOf(OutOfPaper);
    await expect(call('print')).rejects.toThrow('tray 2');
  });

  it('throws on a name that no method has', async () => {
    const { strategy } = await served([Reports]);
    await expect(strategy.execute('unheard-of', 1, context)).rejects.toMatchObject({
      name: 'TaskHandlerMissing',
      handler: 'unheard-of',
    });
  });

  it('stops the worker when it closes', async () => {
    const { app, worker } = await served([Reports]);
    await app.close();
    expect(worker.calls).toContain('stop');
  });
});

it('refuses to listen with nothing to serve', async () => {
  await expect(served([])).rejects.toMatchObject({ name: 'TaskHandlerMissing' });
});

it('provides the server and its worker to the application', async () => {
  const worker = new RecordingWorker();
  const module = MillraceModule.forRoot({ worker });
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  closing.push(() => app.close());
  expect(app.get(MillraceServer).unwrap()).toBe(worker);
  expect(app.get(Worker)).toBe(worker);
});
