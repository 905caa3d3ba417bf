import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../../support/local-system.ts';
import { differenceFromRebuild } from '../../support/rebuild.ts';
import { atRest, notEnded } from './at-rest.ts';
import { carryOut, type DoneFault } from './carry-out.ts';
import { endsOf, foldLogs, illegalMoves } from './folded-logs.ts';
import { handOvers, type HandOvers } from './hand-overs.ts';
import { OwnBroker } from './own-broker.ts';
import { planFaults, type FaultWay, type StormPlan } from './plan-faults.ts';
import { readStarts } from './starts.ts';
import { registerWorkflows, stormLoad, type StormLoad } from './storm-load.ts';

export type StormFigures = Readonly<Record<'faults', Record<string, number>>> & {
  readonly seed: number;
  readonly minutes: number;
  readonly kills: number;
  readonly runs: Readonly<Record<'acknowledged' | 'refused' | 'inLog' | 'cancelsTaken', number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly transitions: number;
  readonly handlerStarts: number;
  /** After the last fault until everything had ended. */
  readonly restMs: number;
  readonly dispatcher: Readonly<Record<FaultWay, HandOvers>>;
  /** What must not be: the storm has failed unless all are empty. */
  readonly wrong: Readonly<
    Record<'lost' | 'illegal' | 'startedTooOften' | 'differences' | 'notReady', readonly string[]>
  >;
};

const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
const restMsMax = 180_000;
const shownMax = 10;
/** The load goes on for so long when Kafka is back. */
const afterGoneMs = 20_000;

/** Runs a whole storm on a system of its own: load and faults for so long, then rest without anybody's help, then the checks. */
export async function storm(plan: StormPlan, say: (line: string) => void): Promise<StormFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-storm-'));
  const startsFile = join(folder, 'starts');
  writeFileSync(startsFile, '');
  const broker = plan.kafkaGoneMinutes > 0 ? await OwnBroker.start(join(folder, 'kafka')) : undefined;
  const system = await startLocalSystem({
    handlers: [join(import.meta.dirname, '..', '..', 'support', 'noting-handlers.mjs')],
    env: { MILLRACE_TEST_STARTS: startsFile },
    brokers: broker?.address,
  });
  try {
    await registerWorkflows(system);
    const { load, faults } = await rage(system, plan, say, broker);
    const restFrom = performance.now();
    const notReady = await unready(system);
    const open = await atRest(system, restMsMax);
    const restMs = Math.round(performance.now() - restFrom);
    say(`at rest after ${restMs} ms, ${open} runs open; checking`);
    return await judge(system, plan, { load, faults, restMs, notReady, startsFile });
  } finally {
    await system.stop();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rage(
  system: TestSystem,
  plan: StormPlan,
  say: (line: string) => void,
  broker: OwnBroker | undefined,
): Promise<{ load: StormLoad; faults: DoneFault[] }> {
  const end = new AbortController();
  const loading = stormLoad(system, plan.seed, end.signal);
  try {
    const faults = await carryOut(system, planFaults(plan), ({ atMs, way, kind, process }) =>
      say(`${(atMs / 1_000).toFixed(1)} s: ${way} ${kind} ${process + 1}`),
    );
    if (broker !== undefined) {
      say(`Kafka is gone for ${plan.kafkaGoneMinutes} minutes`);
      await broker.goneFor(plan.kafkaGoneMinutes * 60_000);
      await sleep(afterGoneMs);
    }
    end.abort();
    return { load: await loading, faults };
  } finally {
    end.abort();
    await loading;
  }
}

async function unready(system: TestSystem): Promise<string[]> {
  const outcomes = await Promise.allSettled(services.map((kind) => system.whenReady(kind)));
  return outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
}

interface Seen {
  readonly load: StormLoad;
  readonly faults: readonly DoneFault[];
  readonly restMs: number;
  readonly notReady: readonly string[];
  readonly startsFile: string;
}

async function judge(
  system: TestSystem,
  { seed, minutes }: StormPlan,
  { load, faults, restMs, notReady, startsFile }: Seen,
): Promise<StormFigures> {
  const logs = await foldLogs(system);
  const ends = endsOf(logs);
  const openInLog = [...ends].filter(([, status]) => status === undefined).map(([run]) => run);
  const lost = new Set([
    ...load.acknowledged.filter((run) => ends.get(run) === undefined),
    ...openInLog,
    ...(await notEnded(system.databaseUrl, load.acknowledged)),
  ]);
  const { starts, tooOften } = readStarts(startsFile, logs);
  const difference = await differenceFromRebuild(system);
  const facts = logs.flatMap((log) => log.facts.flat());
  return {
    seed,
    minutes,
    kills: faults.filter(({ way }) => way === 'kill').length,
    faults: countBy(faults, ({ way, kind }) => `${way} ${kind}`),
    runs: {
      acknowledged: load.acknowledged.length,
      refused: load.refused,
      inLog: ends.size,
      cancelsTaken: load.cancels,
    },
    ends: countBy([...ends.values()], (status) => status ?? 'open'),
    transitions: facts.filter(({ fact }) => fact === 'transition').length,
    handlerStarts: starts,
    restMs,
    dispatcher: {
      kill: handOvers(system, logs, faults, 'kill'),
      term: handOvers(system, logs, faults, 'term'),
      freeze: handOvers(system, logs, faults, 'freeze'),
    },
    wrong: {
      lost: [...lost].slice(0, shownMax),
      illegal: illegalMoves(logs).slice(0, shownMax),
      startedTooOften: tooOften.slice(0, shownMax),
      differences: difference === undefined ? [] : [difference],
      notReady,
    },
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of items.map(keyOf).sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
