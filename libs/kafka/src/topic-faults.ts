import type { TopicPlan } from '@millrace/protocol';

/** What is wrong with a topic. `missing` alone can be mended by `topics apply`. */
export type TopicFaultKind =
  'missing' | 'partition-count' | 'compacted' | 'timestamp-type' | 'message-size' | 'retention';

/** A topic that is not as planned, with a sentence that says what to do. */
export class TopicFault extends Error {
  override readonly name = 'TopicFault';
  constructor(
    readonly kind: TopicFaultKind,
    readonly topic: string,
    readonly expected: string,
    readonly found: string,
    remedy: string,
  ) {
    super(`Expected topic ${topic} to have ${expected}, but found ${found}. ${remedy}`);
  }
}

export interface FoundTopic {
  readonly partitions: number;
  readonly config: ReadonlyMap<string, string>;
}

/** Faults of one topic against its plan, in the order in which one would mend them. */
export function faultsOf({ topic, partitions, config }: TopicPlan, found: FoundTopic | undefined): TopicFault[] {
  if (found === undefined) {
    const remedy = 'Run: millrace topics apply';
    return [new TopicFault('missing', topic, `${partitions} partitions`, 'no such topic', remedy)];
  }
  const faults: TopicFault[] = [];
  const fault = (kind: TopicFaultKind, expected: string, actual: string, remedy: string): void =>
    void faults.push(new TopicFault(kind, topic, expected, actual, remedy));
  const set = (key: string, value: string): string =>
    `Set it: kafka-configs --alter --topic ${topic} --add-config ${key}=${value}`;
  const compare = (kind: TopicFaultKind, key: string, isFine: (actual: string, wanted: string) => boolean): void => {
    const wanted = config[key];
    const actual = found.config.get(key);
    if (wanted === undefined || actual === undefined || isFine(actual, wanted)) return;
    fault(kind, `${key}=${wanted}`, `${key}=${actual}`, set(key, wanted));
  };

  if (found.partitions !== partitions) {
    fault(
      'partition-count',
      `${partitions} partitions`,
      `${found.partitions}`,
      'The count is fixed when a topic is created: configure the count that is there, or use another prefix.',
    );
  }
  compare('compacted', 'cleanup.policy', (actual, wanted) => actual === wanted);
  compare('timestamp-type', 'message.timestamp.type', (actual, wanted) => actual === wanted);
  compare('message-size', 'max.message.bytes', (actual, wanted) => Number(actual) >= Number(wanted));
  compare('retention', 'retention.ms', (actual, wanted) => isAtLeast(Number(actual), Number(wanted)));
  return faults;
}

/** Whether a retention is as long as wanted; -1 is for ever. */
function isAtLeast(actualMs: number, wantedMs: number): boolean {
  return actualMs === -1 || (wantedMs !== -1 && actualMs >= wantedMs);
}
