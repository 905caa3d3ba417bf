import { commandRun, setPriority, submitBulk, type RunView } from '@millrace/protocol';
import type { problemBody } from '@millrace/protocol/requests';
import {
  parseBody,
  readAsked,
  readItem,
  readRun,
  readTask,
  requestInvalid,
  ServiceProblem,
  type Answer,
  type Asked,
  type RunVerb,
} from '@millrace/protocol/requests';
import type { World } from '../world/world.js';
import { eventStream } from './event-stream.js';
import { readBody } from './read-body.js';
import { runDetail, runView } from './run-views.js';
import type { Submission } from './submission.js';
import type { WorkflowBook } from './workflow-book.js';

const runsMaxDefault = 50;
type Route = readonly [method: string, path: RegExp, serve: (request: Request, id: string) => Promise<Response>];

/** Answers what the API is asked, as ingest and query do, out of memory: a client gets its `fetch`. */
export class Door {
  readonly #world: World;
  readonly #workflows: WorkflowBook;
  readonly #submission: Submission;

  constructor(world: World, workflows: WorkflowBook, submission: Submission) {
    this.#world = world;
    this.#workflows = workflows;
    this.#submission = submission;
  }

  readonly fetch: typeof globalThis.fetch = async (...asked) => {
    const request = new Request(...asked);
    const { pathname } = new URL(request.url);
    try {
      for (const [method, path, serve] of this.#routes) {
        const match = method === request.method ? path.exec(pathname) : null;
        if (match !== null) return await serve(request, decodeURIComponent(match[1] ?? ''));
      }
      throw unserved(request.method, pathname);
    } catch (error) {
      if (error instanceof ServiceProblem) return problemAnswer(error.body);
      throw error;
    }
  };

  readonly #routes: readonly Route[] = [
    ['POST', /^\/v1\/workflows$/, async (request) => this.#register(await readBody(request))],
    ['POST', /^\/v1\/tasks$/, async (request) => this.#submit(request, readTask)],
    ['POST', /^\/v1\/runs$/, async (request) => this.#submit(request, readRun)],
    ['POST', /^\/v1\/bulk$/, (request) => this.#bulk(request)],
    ['POST', /^\/v1\/runs\/([^/]+)\/cancel$/, (request, id) => this.#command(request, 'cancel', id)],
    ['POST', /^\/v1\/runs\/([^/]+)\/pause$/, (request, id) => this.#command(request, 'pause', id)],
    ['POST', /^\/v1\/runs\/([^/]+)\/resume$/, (request, id) => this.#command(request, 'resume', id)],
    ['POST', /^\/v1\/runs\/([^/]+)\/priority$/, (request, id) => this.#prioritize(request, id)],
    ['GET', /^\/v1\/runs$/, async (request) => this.#list(new URL(request.url).searchParams)],
    ['GET', /^\/v1\/runs\/([^/]+)$/, async (_, id) => answer(200, runDetail(this.#rows(id)))],
    ['GET', /^\/v1\/runs\/([^/]+)\/tasks$/, async (_, id) => this.#tasks(id)],
    ['GET', /^\/v1\/runs\/([^/]+)\/events$/, async (request, id) => this.#events(request, id)],
  ];

  #register(body: unknown): Response {
    const [head, ...tasks] = Array.isArray(body) ? (body as readonly object[]) : [];
    const { isNew, ...registered } = this.#workflows.register(head === undefined ? body : definitionOf(head, tasks));
    return answer(isNew ? 201 : 200, registered);
  }

  async #submit(request: Request, read: typeof readTask): Promise<Response> {
    const answered = await this.#submission.submit(read(await readBody(request), '', askedOf(request)));
    if ('problem' in answered) return problemAnswer(answered.problem);
    return answer(answered.verdict === 'known' ? 200 : 202, answered);
  }

  async #bulk(request: Request): Promise<Response> {
    const body = await readBody(request);
    const isLines = Array.isArray(body);
    const items = isLines ? (body as unknown[]) : parseBody(submitBulk, body).items;
    const answers: Answer[] = [];
    for (const [index, item] of items.entries())
      answers.push(await this.#submission.submit(readItem(item, isLines ? '' : `/items/${index}`, askedOf(request))));
    if (!isLines) return answer(answers.some((each) => 'problem' in each) ? 207 : 202, { items: answers });
    const lines = answers.map((each, index) => `${JSON.stringify({ line: index + 1, ...each })}\n`);
    return new Response(lines.join(''), { status: 200, headers: { 'content-type': 'application/x-ndjson' } });
  }

  async #command(request: Request, verb: RunVerb, id: string): Promise<Response> {
    const { reason } = parseBody(commandRun, await readBody(request));
    const sent = await this.#submission.command(verb, id, reason);
    return answer(sent.verdict === 'unchanged' ? 200 : 202, sent);
  }

  async #prioritize(request: Request, id: string): Promise<Response> {
    const { band, task } = parseBody(setPriority, await readBody(request));
    return answer(202, await this.#submission.prioritize(id, band, task));
  }

  #list(query: URLSearchParams): Response {
    const [limit, from] = [Number(query.get('limit') ?? runsMaxDefault), Number(query.get('cursor') ?? 0)];
    const wanted = ['status', 'workflow', 'idempotencyKey'] as const;
    const fits = (run: RunView): boolean => wanted.every((name) => (query.get(name) ?? run[name]) === run[name]);
    const all = this.#world.store.rows().runs.map(({ id }) => runView(this.#world.store.ofRun(id)!));
    const found = all.reverse().filter(fits);
    const next = from + limit < found.length ? String(from + limit) : null;
    return answer(200, { runs: found.slice(from, from + limit), next });
  }

  /** All of them: a test's workflow is small. */
  #tasks(id: string): Response {
    const { run, tasks } = runDetail(this.#rows(id));
    return answer(200, { tasks, next: null, runStatus: run.status, pausedAt: run.pausedAt });
  }

  #events(request: Request, id: string): Response {
    this.#rows(id);
    if (request.headers.get('last-event-id')?.endsWith('-end') === true) return new Response(null, { status: 204 });
    return new Response(eventStream(this.#world, id), { headers: { 'content-type': 'text/event-stream' } });
  }

  #rows(id: string) {
    const rows = this.#world.store.ofRun(id);
    if (rows !== undefined) return rows;
    const detail = `Expected run ${id} to be there, but it was never requested here.`;
    throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
  }
}

function definitionOf({ tasks: _, ...head }: { tasks?: unknown }, tasks: readonly object[]): object {
  return { ...head, tasks };
}

function askedOf(request: Request): Asked {
  const asked = readAsked(Object.fromEntries(request.headers));
  if ('fault' in asked) throw requestInvalid([asked.fault]);
  return asked;
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, { status });
}

function problemAnswer(body: ReturnType<typeof problemBody>): Response {
  return Response.json(body, { status: body.status, headers: { 'content-type': 'application/problem+json' } });
}

function unserved(method: string, path: string): ServiceProblem {
  const detail = `Expected something that a test environment answers, but ${method} ${path} needs the services. Test it on a system: millrace up.`;
  return new ServiceProblem({ status: 404, code: 'route-unknown', detail });
}
