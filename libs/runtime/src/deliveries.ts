import { bandName, isSuspect, type Attempt, type Instant, type Json } from '@millrace/domain';
import { limits, packFarParents, type ConditionalEdge, type Delivery, type FarParents, type TaskRecord, type Topics } from '@millrace/protocol'; // prettier-ignore
import { areReferred, farResultsOf, type Payloads } from './far-inputs.js';
import type { OutgoingRecord } from './ports.js';

export interface DeliveryBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly OutgoingRecord[];
}

/** Results of an attempt's parents that are at hand, by node id; undefined where it has no parents. */
export function parentResults({ run, task }: Attempt, far: Payloads): Record<string, Json> | undefined {
  const { parentFrom, parents } = run.dag;
  if (parentFrom[task] === parentFrom[task + 1]) return undefined;
  const results: [string, Json][] = [];
  for (let edge = parentFrom[task]!; edge < parentFrom[task + 1]!; edge++) {
    const parent = parents[edge]!;
    const address = run.farResults.get(parent);
    const result = address === undefined ? run.results.get(parent) : far.get(address);
    if (result !== undefined) results.push([run.task(parent).id, result]);
  }
  // Entries: a node may be called __proto__, and an assignment would lose its result.
  return Object.fromEntries(results);
}

/** References to the results of an attempt's parents that its worker reads; undefined where there are none. */
function farParents(attempt: Attempt): FarParents | undefined {
  const far = farResultsOf(attempt);
  if (!areReferred(far.map(({ address }) => address))) return undefined;
  return packFarParents(
    far.map(({ parent: task, address: { offset, index, bytes } }) => ({ id: attempt.run.task(task).id, task, offset, index, bytes })), // prettier-ignore
  );
}

/** Edges with a condition from an attempt's task run; undefined where there are none. */
function conditionalEdges({ run, task }: Attempt): ConditionalEdge[] | undefined {
  const { conditions, childFrom, children } = run.dag;
  if (conditions === undefined) return undefined;
  const edges: ConditionalEdge[] = [];
  for (let edge = childFrom[task]!; edge < childFrom[task + 1]!; edge++) {
    const when = conditions.get(edge);
    if (when !== undefined) edges.push({ to: children[edge]!, when });
  }
  return edges.length > 0 ? edges : undefined;
}

/**
 * The JSON text of a delivery with what the state has and what it knows by address; far results of over 128 KiB together go as
 * references. Undefined where results, references and ids are over 512 KiB together: such an attempt can never be published.
 */
export function encodeDelivery(attempt: Attempt, far: Payloads): string | undefined {
  const { run, task, number } = attempt;
  const { id, handler, input, startToCloseMs, heartbeatTimeoutMs, claimFirst } = run.task(task);
  const checkpoint = run.checkpoints?.get(task);
  const parents = parentResults(attempt, far);
  const references = farParents(attempt);
  const given = input ?? run.input ?? (run.inputAt && far.get(run.inputAt));
  const edges = conditionalEdges(attempt);
  const delivery: Delivery = {
    run: run.id,
    task,
    id,
    attempt: number,
    handler,
    ...(run.dag.name !== undefined && { workflow: run.dag.name }),
    ...(given !== undefined && { input: given }),
    ...(parents !== undefined && { parents }),
    ...(references !== undefined && { farParents: references }),
    startToCloseMs,
    ...(heartbeatTimeoutMs !== undefined && { heartbeatTimeoutMs }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(run.traceparent !== undefined && { traceparent: run.traceparent }),
    ...(claimFirst && { claimFirst }),
    ...(edges !== undefined && { edges }),
    ...(isSuspect(attempt.run, task) && { alone: true }),
  };
  const text = JSON.stringify(delivery);
  if (parents === undefined || text.length <= limits.payloadBytesMax) return text;
  const ofParents = Buffer.byteLength(JSON.stringify([parents, references]));
  return ofParents > limits.deliveryParentsBytesMax ? undefined : text;
}

/** The task topic of an attempt: its queue's, by the band that it was dispatched in. */
export function topicOf(topics: Topics, { run, task, band }: Attempt): string {
  return topics.tasks(run.task(task).queue, bandName(band));
}

/** Groups deliveries of one decision frame by task topic and partition, and packs them into records. */
export function packDeliveries(
  topics: Topics,
  deliveries: readonly { readonly attempt: Attempt; readonly text: string }[],
  envelope: { readonly epoch: number; readonly decidedAt: Instant; readonly again: boolean },
): DeliveryBatch[] {
  const groups = new Map<string, { topic: string; partition: number; texts: string[] }>();
  for (const { attempt, text } of deliveries) {
    const topic = topicOf(topics, attempt);
    const key = `${topic}/${attempt.to}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { topic, partition: attempt.to, texts: [] }));
    group.texts.push(text);
  }
  return [...groups.values()].map(({ topic, partition, texts }) => ({
    topic,
    partition,
    records: packTexts(texts).map((tasks) => ({ value: encodeRecord(tasks, envelope) })),
  }));
}

function packTexts(texts: readonly string[]): string[][] {
  const records: string[][] = [];
  let open: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    if (open.length > 0 && (open.length >= limits.taskRecordTasksMax || bytes + size > limits.taskRecordBytesMax)) {
      records.push(open);
      open = [];
      bytes = 0;
    }
    open.push(text);
    bytes += size;
  }
  return open.length > 0 ? [...records, open] : records;
}

function encodeRecord(
  tasks: readonly string[],
  { epoch, decidedAt, again }: { epoch: number; decidedAt: Instant; again: boolean },
): Uint8Array {
  const head: Omit<TaskRecord, 'tasks'> = { v: 1, epoch, decidedAt, ...(again && { again: true }) };
  return Buffer.from(`${JSON.stringify(head).slice(0, -1)},"tasks":[${tasks.join(',')}]}`);
}
