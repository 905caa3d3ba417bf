import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaRecordReader, KafkaRecordWriter } from '@millrace/kafka';
import { rulesView, topicsOf, type RulesView } from '@millrace/protocol';
import { advanceRules, readBirth } from '@millrace/runtime';
import { readApi } from '../api-pages.js';
import { processClock } from '../process-clock.js';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { quietJournal } from '../quiet-journal.js';
import { kafkaOf } from '../topics/apply-topics.js';
import { planAdvance, type AdvancePlan } from './plan-advance.js';

export interface AdvanceOptions {
  readonly apiUrl: string;
  readonly brokers: string;
  readonly prefix: string;
  readonly isDryRun: boolean;
  /** Told how many of all partitions are under the new rules, each time that it changes. */
  readonly told: (rules: number, have: number, of: number) => void;
}

export interface AdvanceAnswer extends AdvancePlan {
  /** Partitions of the log. */
  readonly of: number;
  readonly isDryRun: boolean;
}

/** Owners say within two heartbeats what they folded. */
const inForceMsMax = 30_000;
const lookMs = 500;

/**
 * Raises the rules of every partition by one, once every service that was heard lately knows them, and waits until owners say
 * that they are in force. Harmless twice. Throws `CommandFailed`, `LineageFault`, `LogUnavailable`, `MillraceError`.
 */
export async function advance({ apiUrl, brokers, prefix, isDryRun, told }: AdvanceOptions): Promise<AdvanceAnswer> {
  const topic = topicsOf(prefix).log;
  const kafka = kafkaOf(brokers);
  const reader = new KafkaRecordReader(kafka);
  const writer = new KafkaRecordWriter(kafka);
  const look = (): Promise<RulesView> => readApi(apiUrl, 'rules', rulesView);
  try {
    const birth = await readBirth(reader, topic, 0);
    if (birth === undefined)
      throw new CommandFailed(`Expected ${topic} to be born: run millrace topics apply.`, exitCodes.notFound);
    const of = birth.partitions;
    const plan = planAdvance(await look(), of);
    if (isDryRun) return { ...plan, of, isDryRun };
    const command = `rules-${randomBytes(8).toString('hex')}`;
    await advanceRules({ ...plan, writer, topic, command, clock: processClock, journal: quietJournal });
    await inForce(plan.rules, of, look, told);
    return { ...plan, of, isDryRun };
  } finally {
    await Promise.all([reader.close(), writer.close()]);
  }
}

async function inForce(
  rules: number,
  of: number,
  look: () => Promise<RulesView>,
  told: AdvanceOptions['told'],
): Promise<void> {
  const deadline = performance.now() + inForceMsMax;
  for (let before = -1; ; await sleep(lookMs)) {
    const have = (await look()).partitions.filter((each) => each.rules >= rules).length;
    if (have !== before) told(rules, have, of);
    before = have;
    if (have >= of) return;
    if (performance.now() > deadline)
      throw new CommandFailed(
        `Rules ${rules} are in the log of all ${of} partitions, but owners of ${have} say so after ${inForceMsMax / 1_000} s. See millrace partition list.`,
        exitCodes.unavailable,
      );
  }
}
