import { type Event, type Json } from '@millrace/domain';
import { runNamed } from '@millrace/domain/testing';
import { JsonRefused, parseJson, type ProblemBody } from '@millrace/nest-kit';
import { commandRun, decodeFrame, drainWorker, encodeFrame, encodeItem, setPriority, sqlRequest, submitBulk } from '@millrace/protocol'; // prettier-ignore
import { readRequest } from '../../apps/ingest/src/intake/read-request.js';
import { readAsked, faultsOf, readItem, readRun, readTask, type ItemOrProblem } from '@millrace/protocol/requests';
import {
  listRunsQuery,
  listTaskRunsQuery,
  quarantineQuery,
  waitQuery,
} from '../../apps/query/src/http/request-schemas.js';
import { bodies, intakeHeaders } from './corpora.ts';
import type { Draws } from './draws.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { isTellable, promise, type Target } from './target.ts';

const schemas = [submitBulk, setPriority, commandRun, drainWorker, sqlRequest, listRunsQuery, listTaskRunsQuery, quarantineQuery, waitQuery]; // prettier-ignore
const codes = ['request-invalid', 'payload-too-large'];

/** Bodies of HTTP requests, as every route reads them. */
export const httpBodies: Target = {
  name: 'bodies',
  share: 160,
  make: (draws) => ({ chunks: [mutantBody(draws)], inputs: 1 }),
  read([bytes]) {
    const body = jsonOf(bytes!);
    if (body === undefined) return;
    for (const read of [readTask, readRun, readItem]) checkRead(read(body.json, ''), codes);
    // All of them would cost four times as much: one, which the bytes name.
    const parsed = schemas[bytes!.length % schemas.length]!.safeParse(body.json);
    if (!parsed.success) {
      for (const { code, message, path } of faultsOf(parsed.error)) {
        promise(isTellable(code, 40) && isTellable(message, 100_000), `Expected a sentence, but found ${message}.`);
        promise(path === '' || path.startsWith('/'), `Expected a JSON pointer, but found ${path}.`);
      }
    }
  },
};

/** Records of the intake topic: CloudEvents and plain ones. The first chunk holds the headers as JSON, in latin1. */
export const intake: Target = {
  name: 'intake',
  share: 90,
  make: (draws) => ({ chunks: [mutantHeaders(draws), mutantBody(draws)], inputs: 1 }),
  read([headers, value]) {
    const entries = Object.entries(JSON.parse(Buffer.from(headers!).toString()) as Record<string, string>);
    const record = {
      headers: new Map(entries.map(([name, text]) => [name, Buffer.from(text, 'latin1')])),
      value: value!,
    };
    const origin = { topic: 'millrace.intake', partition: 1, offset: 17 };
    const read = readRequest(origin, { ...record, offset: 17, at: 0, crc: 0, leaderEpoch: 0 });
    promise(!('problem' in read) || read.problem.code !== 'internal', 'Expected a typed refusal, but reading broke.');
    checkRead(read);
    readAsked(Object.fromEntries(entries));
  },
};

function mutantBody(draws: Draws): Uint8Array {
  const document = draws.pick(bodies);
  const other = draws.pick(bodies);
  if (draws.once(3))
    return mutateBytes(draws, Buffer.from(JSON.stringify(document)), Buffer.from(JSON.stringify(other)));
  return Buffer.from(mutateJson(draws, document, other));
}

function mutantHeaders(draws: Draws): Uint8Array {
  const headers: Record<string, string> = { ...draws.pick(intakeHeaders) };
  const name = draws.pick([...Object.keys(headers), 'ce_id', 'content-type', 'idempotency-key', 'prefer']);
  if (draws.once(3)) delete headers[name];
  else {
    const bytes = Buffer.from(headers[name] ?? draws.pick(['"a\\"b"', 'wait=5, x', 'a', '']));
    headers[name] = Buffer.from(mutateBytes(draws, bytes, bytes)).toString('latin1');
  }
  return Buffer.from(JSON.stringify(headers));
}

function jsonOf(bytes: Uint8Array): { readonly json: Json } | undefined {
  try {
    return { json: parseJson(bytes) };
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
    const { detail, path } = error.fault;
    promise(isTellable(detail, 1_000), `Expected a sentence, but found ${JSON.stringify(detail)}.`);
    promise(path === '' || path.startsWith('/'), `Expected a JSON pointer, but found ${path}.`);
    return undefined;
  }
}

/** What ingest takes is readable in the log; what it refuses says why. */
function checkRead(read: ItemOrProblem, codesOf?: readonly string[]): void {
  if ('problem' in read) return checkProblem(read.problem, codesOf);
  const { event, workflow } = read.item;
  const version = workflow?.version ?? '0'.repeat(64);
  const requested = {
    ...event,
    run: runNamed(1),
    ...(workflow && { workflow: { name: workflow.name, version } }),
  } as Event;
  const [item] = decodeFrame(Buffer.from(encodeFrame('w', 1, 1, [encodeItem(requested)])), 1).items;
  promise(item!.type === event.type, `Expected the log to read what ingest takes, but: ${JSON.stringify(item)}.`);
}

function checkProblem({ status, code, detail }: ProblemBody, codesOf: readonly string[] | undefined): void {
  promise(status >= 400 && status < 500, `Expected the request to be at fault, but the status is ${status}.`);
  promise(
    codesOf === undefined || codesOf.includes(code),
    `Expected one of ${codesOf?.join(', ')}, but found ${code}.`,
  );
  promise(
    isTellable(code, 40) && isTellable(detail, 300_000),
    `Expected a sentence, but found ${JSON.stringify(detail)}.`,
  );
}
