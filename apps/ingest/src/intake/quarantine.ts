import type { ProblemBody } from '@millrace/nest-kit';
import { limits, quarantineHeaders, type IntakeOrigin } from '@millrace/protocol';
import { RecordTooLarge, type LogRecord, type OutgoingRecord, type RecordWriter } from '@millrace/runtime';

export interface Quarantined {
  readonly origin: IntakeOrigin;
  readonly record: LogRecord;
  readonly problem: ProblemBody;
}

/** Of a value that leaves no room for cause and origin. */
const cutBytes = limits.recordBytesMax - 64 * 1024;
const headerCharsMax = 1_000;

/** Keeps records that can never become runs, with why and where they came from, so that somebody may look and send them again. */
export class Quarantine {
  constructor(
    private readonly writer: RecordWriter,
    private readonly topic: string,
    /** Of that topic. */
    private readonly partitions: () => number,
  ) {}

  /** Resolves when all are kept; what is written again lies there twice. Throws `LogUnavailable`, `TopicMissing`. */
  async keep(all: readonly Quarantined[]): Promise<void> {
    if (all.length === 0) return;
    try {
      await this.#write(all.map((each) => [each, false]));
    } catch (error) {
      if (!(error instanceof RecordTooLarge)) throw error;
      for (const each of all) await this.#keepCut(each);
    }
  }

  async #keepCut(each: Quarantined): Promise<void> {
    try {
      await this.#write([[each, false]]);
    } catch (error) {
      if (!(error instanceof RecordTooLarge)) throw error;
      await this.#write([[each, true]]);
    }
  }

  #write(all: readonly (readonly [Quarantined, isCut: boolean])[]): Promise<void> {
    const byPartition = Map.groupBy(all, ([{ origin }]) => origin.partition % this.partitions());
    return this.writer.appendAll(
      [...byPartition].map(([partition, of]) => {
        return { topic: this.topic, partition, records: of.map(([each, isCut]) => recordOf(each, isCut)) };
      }),
    );
  }
}

/** The record as it was, its headers included, with ours beside them. */
function recordOf({ origin, record, problem }: Quarantined, isCut: boolean): OutgoingRecord {
  const value = record.value ?? new Uint8Array();
  const decoder = new TextDecoder();
  const theirs = isCut
    ? []
    : [...(record.headers ?? [])].map(([name, bytes]) => [name, decoder.decode(bytes)] as const);
  return {
    value: isCut ? value.subarray(0, cutBytes) : value,
    headers: {
      ...Object.fromEntries(theirs),
      [quarantineHeaders.cause]: problem.code,
      [quarantineHeaders.detail]: problem.detail.slice(0, headerCharsMax),
      [quarantineHeaders.origin]: `${origin.topic}/${origin.partition}/${origin.offset}`,
      ...(isCut ? { [quarantineHeaders.cut]: String(value.length) } : {}),
    },
  };
}
