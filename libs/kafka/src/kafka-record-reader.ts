import {
  LogUnavailable,
  OffsetOutOfRange,
  TopicMissing,
  type Fetched,
  type Position,
  type RecordReader,
} from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { decodeFetchAnswer, type PartitionAnswer } from './fetch-answer.js';
import { isMovedLeader, kafkaErrorCodes } from './kafka-error-codes.js';
import { KafkaWire } from './kafka-wire.js';
import { kafkaErrorText } from './kafkajs-internals.js';
import { readBounds, readEnds } from './read-bounds.js';
import { decodeRecordSet } from './record-batch.js';

/** One long poll at one broker. */
interface Poll {
  readonly wanted: readonly Position[];
  readonly settled: Promise<void>;
  answers?: readonly PartitionAnswer[];
  failure?: unknown;
}

const partitionBytesMax = 2 * 1024 * 1024;
const answerBytesMax = 16 * 1024 * 1024;
/** How long a partition without a leader is waited for before the log counts as unavailable. */
const leaderWaitMsMax = 5_000;
const leaderPauseMs = 50;
const nothing = { fetched: [], leaderless: undefined };

/**
 * Reads by partition and offset over connections of its own: no group, no reset policy, uncommitted records included. The
 * header `crc32` counts when it is eight lower-case hex digits. Records that the client cannot decode come without value.
 *
 * Brokers are polled concurrently; `fetch` answers with what came first and keeps the polls that still wait for its next
 * call. Records beyond 2 MiB a partition or 16 MiB an answer come with the next call.
 */
export class KafkaRecordReader implements RecordReader {
  private readonly wire: KafkaWire;
  private readonly polls = new Map<number, Poll>();
  private owed: { failure: unknown; position: Position } | undefined;
  private closed = false;
  private calls = 0;
  private wake: () => void = () => undefined;

  constructor(connection: KafkaConnection) {
    this.wire = new KafkaWire(connection);
  }

  async fetch(positions: readonly Position[], waitMsMax: number): Promise<Fetched[]> {
    this.throwOwed(positions);
    const deadline = performance.now() + waitMsMax;
    for (;;) {
      const leftMs = Math.max(0, deadline - performance.now());
      if (this.closed) return [];
      if (positions.length === 0) {
        await this.pause(leftMs);
        return [];
      }
      const { fetched, leaderless } = await this.poll(positions, leftMs).catch((error: unknown) => {
        if (this.closed) return nothing;
        throw error;
      });
      if (fetched.length > 0) return fetched;
      if (leaderless === undefined) {
        if (performance.now() >= deadline - 1) return fetched;
        continue;
      }
      if (performance.now() > deadline + leaderWaitMsMax) {
        throw new LogUnavailable(`Expected ${leaderless} to have a leader, but the brokers know none.`);
      }
      await this.pause(leaderPauseMs);
    }
  }

  async bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    const [bounds] = await readBounds(this.wire, [{ topic, partition }]);
    if (bounds === undefined) throw new TopicMissing(topic);
    return bounds;
  }

  /** The next offset of each partition, in the order given. Throws as `bounds` does. */
  async ends(partitions: readonly { topic: string; partition: number }[]): Promise<number[]> {
    return readEnds(this.wire, partitions);
  }

  /** A fetch that is under way ends at once, empty. Tolerates being called twice. */
  async close(): Promise<void> {
    this.closed = true;
    this.wire.close();
    this.wake();
  }

  private async poll(
    positions: readonly Position[],
    waitMs: number,
  ): Promise<{ fetched: Fetched[]; leaderless: string | undefined }> {
    let leaderless: string | undefined;
    const byNode = new Map<number, Position[]>();
    for (const position of positions) {
      const leader = await this.wire.leaderOf(position.topic, position.partition);
      if (leader === undefined) {
        leaderless = `${position.topic}/${position.partition}`;
        this.wire.forget(position.topic);
      } else {
        const wanted = byNode.get(leader);
        if (wanted === undefined) byNode.set(leader, [position]);
        else wanted.push(position);
      }
    }
    for (const [node, wanted] of byNode) {
      if (!this.polls.has(node)) this.polls.set(node, this.ask(node, wanted, leaderless === undefined ? waitMs : 0));
    }
    for (const settled of await this.firstWithNews()) {
      const moved = this.take(settled, positions);
      if (moved.leaderless !== undefined) leaderless = moved.leaderless;
      if (moved.fetched.length > 0) return { fetched: moved.fetched, leaderless };
    }
    this.throwOwed(positions);
    return { fetched: [], leaderless };
  }

  private ask(node: number, wanted: readonly Position[], waitMs: number): Poll {
    const poll: { -readonly [key in keyof Poll]: Poll[key] } = { wanted, settled: Promise.resolve() };
    const request = fetchRequest(rotate(wanted, this.calls++), Math.round(waitMs));
    poll.settled = Promise.resolve()
      .then(() => this.wire.link(node, 'fetch').send('Fetch', request, waitMs, decodeFetchAnswer))
      .then(
        (answers) => void (poll.answers = answers),
        (failure: unknown) => void (poll.failure = failure),
      );
    return poll;
  }

  /** Waits until a poll has records or an error, or until all are over; removes and gives those that are over. */
  private async firstWithNews(): Promise<Poll[]> {
    for (;;) {
      const all = [...this.polls.entries()];
      const over = all.filter(([, poll]) => poll.answers !== undefined || poll.failure !== undefined);
      const news = over.some(([, poll]) => poll.answers?.every(isQuiet) !== true);
      if (news || over.length === all.length) {
        for (const [node] of over) this.polls.delete(node);
        return over.map(([, poll]) => poll);
      }
      await Promise.race(all.filter((each) => !over.includes(each)).map(([, poll]) => poll.settled));
    }
  }

  /** What a poll brought for positions that are still wanted as they were asked for. */
  private take(poll: Poll, positions: readonly Position[]): { fetched: Fetched[]; leaderless: string | undefined } {
    const fetched: Fetched[] = [];
    let leaderless: string | undefined;
    const still = poll.wanted.filter((asked) => positions.some((wanted) => isSame(asked, wanted)));
    if (poll.failure !== undefined) {
      if (this.closed) return { fetched, leaderless };
      for (const { topic } of poll.wanted) this.wire.forget(topic);
      const [position] = still;
      if (position !== undefined) this.owed = { failure: poll.failure, position };
    }
    for (const { topic, partition, errorCode, endOffset, recordSet } of poll.answers ?? []) {
      const position = still.find((each) => each.topic === topic && each.partition === partition);
      if (position === undefined) continue;
      if (errorCode === kafkaErrorCodes.none) {
        const records = recordSet.length === 0 ? [] : decodeRecordSet(recordSet, position.offset);
        if (records.length > 0) fetched.push({ topic, partition, records, endOffset });
      } else if (isMovedLeader(errorCode) || errorCode === kafkaErrorCodes.unknownTopicOrPartition) {
        this.wire.forget(topic);
        leaderless = `${topic}/${partition}`;
      } else {
        this.owed = { failure: failureOf(errorCode, position), position };
      }
    }
    return { fetched, leaderless };
  }

  /** An error that came beside records waits for the next call, and counts if its position is still wanted. */
  private throwOwed(positions: readonly Position[]): void {
    const { owed } = this;
    this.owed = undefined;
    if (owed !== undefined && positions.some((wanted) => isSame(wanted, owed.position))) throw owed.failure;
  }

  private pause(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isQuiet({ errorCode, recordSet }: PartitionAnswer): boolean {
  return errorCode === kafkaErrorCodes.none && recordSet.length === 0;
}

function isSame(left: Position, right: Position): boolean {
  return left.offset === right.offset && left.partition === right.partition && left.topic === right.topic;
}

function failureOf(errorCode: number, { topic, partition, offset }: Position): Error {
  if (errorCode === kafkaErrorCodes.offsetOutOfRange) return new OffsetOutOfRange(topic, partition, offset);
  return new LogUnavailable(
    `Expected records of ${topic}/${partition}, but the broker says ${kafkaErrorText(errorCode)}`,
  );
}

/** The broker fills an answer in the order of the request, so that everybody is first in turn. */
function rotate(positions: readonly Position[], by: number): readonly Position[] {
  const first = by % positions.length;
  return first === 0 ? positions : [...positions.slice(first), ...positions.slice(0, first)];
}

function fetchRequest(positions: readonly Position[], maxWaitTime: number): object {
  const topics: { topic: string; partitions: object[] }[] = [];
  for (const { topic, partition, offset } of positions) {
    const entry = { partition, fetchOffset: offset, maxBytes: partitionBytesMax };
    const last = topics.at(-1);
    if (last?.topic === topic) last.partitions.push(entry);
    else topics.push({ topic, partitions: [entry] });
  }
  return { replicaId: -1, isolationLevel: 0, maxWaitTime, minBytes: 1, maxBytes: answerBytesMax, topics, rackId: '' };
}
