import 'reflect-metadata';
import {
  Catch,
  Controller,
  Injectable,
  Module,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { map, throwError } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { createClient, type MillraceClient } from '@millrace/client';
import { InjectMillrace, millraceClient } from './inject-millrace.js';
import { MillraceHealth } from './millrace-health.js';
import { MillraceModule } from './millrace-module.js';
import { MillraceServer } from './millrace-server.js';
import { TaskHandler } from './task-handler.js';
import { TaskBench } from './testing/index.js';

class Refused extends Error {
  override readonly name = 'Refused';
}
class Odd implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToRpc().getData<number>() % 2 === 0) throw new Refused('even');
    return true;
  }
}
class Doubling implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_context, next) => next.handle().pipe(map((value: number) => value * 2));
}
@Catch(RangeError)
class Renaming implements ExceptionFilter {
  catch(error: RangeError) {
    return throwError(() => new Refused(`renamed ${error.message}`));
  }
}

@Controller()
class Handlers {
  @UseGuards(Odd)
  @TaskHandler('guarded')
  guarded(@Payload() input: number) {
    return input;
  }
  @TaskHandler('piped')
  piped(@Payload(ParseIntPipe) input: number) {
    return [input];
  }
  @UseInterceptors(Doubling)
  @TaskHandler('intercepted')
  intercepted(@Payload() input: number) {
    return input;
  }
  @UseFilters(Renaming)
  @TaskHandler('filtered')
  filtered() {
    throw new RangeError('far');
  }
}

@Injectable()
class Publisher {
  constructor(@InjectMillrace() readonly client: MillraceClient) {}
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function given(module = MillraceModule.forRoot) {
  const worker = new TaskBench();
  @Module({
    imports: [module.call(MillraceModule, { worker, client: { url: 'http://127.0.0.1:1' } }), TerminusModule],
    controllers: [Handlers],
    providers: [Publisher],
  })
  class App {}
  const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false, abortOnError: false });
  closing.push(() => app.close());
  const server = app.get(MillraceServer);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  return { app, worker, run: (name: string, input?: unknown) => worker.run(server, name, input) };
}

it('asks the guards of a handler, and lets out what they throw', async () => {
  const { run } = await given();
  expect(await run('guarded', 3)).toBe(3);
  await expect(run('guarded', 4)).rejects.toMatchObject({ name: 'Refused', message: 'even' });
});

it('sends the input through its pipes', async () => {
  const { run } = await given();
  expect(await run('piped', '12')).toEqual([12]);
  await expect(run('piped', 'twelve')).rejects.toThrow('numeric string is expected');
});

it('sends the result through its interceptors', async () => {
  expect(await (await given()).run('intercepted', 21)).toBe(42);
});

it('gives errors to its exception filters', async () => {
  await expect((await given()).run('filtered')).rejects.toMatchObject({ name: 'Refused', message: 'renamed far' });
});

it('injects the client, also with options that come later', async () => {
  const { app } = await given();
  expect(app.get(Publisher).client).toBe(app.get(millraceClient));
  const later = MillraceModule.forRootAsync({
    inject: [],
    useFactory: async () => ({ worker: new TaskBench(), client: { url: 'http://127.0.0.1:1' } }),
  });
  const context = await NestFactory.createApplicationContext(later, { logger: false, abortOnError: false });
  closing.push(() => context.close());
  expect(Object.keys(context.get(millraceClient))).toEqual(Object.keys(createClient({ url: 'http://127.0.0.1:1' })));
});

it('says what is missing where nothing was given for what is used', async () => {
  const context = await NestFactory.createApplicationContext(MillraceModule.forRoot({}), { logger: false });
  closing.push(() => context.close());
  const client = context.get<MillraceClient>(millraceClient);
  expect(() => client.submitTask({ handler: 'h' })).toThrow('Expected client in the options of MillraceModule');
});

it('tells terminus how the worker is', async () => {
  const { app } = await given();
  const health = new MillraceHealth({
    condition: { state: 'working', id: 'w', busy: 1, held: 2, error: undefined },
  } as never);
  const checks = app.get(HealthCheckService);
  expect(await checks.check([() => health.isHealthy()])).toMatchObject({
    status: 'ok',
    details: { millrace: { busy: 1 } },
  });
  const broken = new MillraceHealth({ condition: { state: 'connecting', error: 'no broker' } } as never);
  await expect(checks.check([() => broken.isHealthy('work')])).rejects.toMatchObject({ status: 503 });
});
