import { z } from 'zod';

const time = z.iso.datetime();
const bigNumber = z.string().regex(/^[0-9]{1,19}$/);

/** What is counted below an offset: `entries` = accepted + `rejected` + `quarantined`; null where its sender does not say. */
const counts = { entries: bigNumber, rejected: bigNumber.nullable(), quarantined: bigNumber.nullable() };

export const partitionView = z.object({
  partition: z.int(),
  /** First and next offset of the log; null while Kafka does not say. */
  log: z.object({ start: bigNumber, end: bigNumber }).nullable(),
  /** The dispatcher whose epoch is in force, by its last heartbeat; null where none was heard for 15 s. */
  owner: z
    .object({
      dispatcher: z.string(),
      epoch: z.int(),
      /** Next offset that its fold waits for. */
      offset: bigNumber,
      ...counts,
      /** Task runs queued. */
      waiting: z.int(),
      /** Idempotency keys taken; null where it does not say. */
      keys: z.int().nullable(),
      /** The rules in force; null where it does not say. */
      rules: z.int().nullable(),
      heardAt: time,
    })
    .nullable(),
  /** Where the rows stand; null while Postgres does not say, or where nothing was projected yet. */
  projection: z.object({ offset: bigNumber, ...counts, accepted: bigNumber, at: time }).nullable(),
  /** The projector that has the partition, by its last heartbeat; null where none was heard for 15 s. */
  projector: z.object({ id: z.string(), offset: bigNumber, heardAt: time }).nullable(),
  /** Records of the log that are not folded by the owner, and not shown yet; null where one of the two ends is unknown. */
  lag: z.object({ owner: bigNumber.nullable(), projection: bigNumber.nullable() }),
  /** Services that do not go on with it, with the sentence that says why: an operator is needed. */
  halted: z.array(z.object({ service: z.string(), fault: z.string() })),
});
export type PartitionView = z.infer<typeof partitionView>;

/** GET /v1/partitions: every log partition. Answers while Postgres or Kafka is down, with what is known then. */
export const partitionList = z.object({
  partitions: z.array(partitionView),
  /** The heartbeats could not be read lately: what comes from them is as old as `readAt` says. */
  stale: z.boolean(),
  readAt: time.nullable(),
});
export type PartitionList = z.infer<typeof partitionList>;

/** GET /v1/rules: from heartbeats. */
export const rulesView = z.object({
  /** Rules in force by partition, where an owner was heard within 15 s. */
  partitions: z.array(z.object({ partition: z.int(), rules: z.int() })),
  /** Dispatchers, projectors and ingests heard within 15 s, and the highest rules that each can fold. */
  services: z.array(z.object({ id: z.string(), kind: z.string(), knows: z.int(), heardAt: time })),
  /** The rules to which the lowest partition could be raised now: everybody who was heard knows them; null where none. */
  advanceTo: z.int().nullable(),
  /** One sentence: why not, or what could be raised. */
  detail: z.string(),
  stale: z.boolean(),
  readAt: time.nullable(),
});
export type RulesView = z.infer<typeof rulesView>;
