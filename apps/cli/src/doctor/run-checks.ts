import type { Facts } from './facts.js';
import { warn, type Finding, type Verdict } from './finding.js';

export interface Check {
  readonly name: string;
  /** What to do where it throws and its sentence does not say. */
  readonly remedy: string;
  readonly judge: (facts: Facts) => Promise<Verdict>;
}

/** Of each check, whatever it waits for. */
const checkMsMax = 10_000;

/** Runs all checks at once, each with a deadline, and gives their findings in order. What several checks miss for one reason is the fault of the first. */
export async function runChecks(checks: readonly Check[], facts: Facts): Promise<Finding[]> {
  const ran = await Promise.all(checks.map((check) => run(check, facts)));
  const told = new Map<string, string>();
  return ran.map(({ check, tookMs, verdict, thrown }) => {
    if (thrown === undefined) return { check: check.name, ...verdict!, tookMs };
    const first = told.get(thrown);
    told.set(thrown, first ?? check.name);
    const found =
      first === undefined ? failed(check, thrown) : warn(`Not known: see ${first}.`, `Mend ${first} first.`);
    return { check: check.name, ...found, tookMs };
  });
}

interface Ran {
  readonly check: Check;
  readonly tookMs: number;
  readonly verdict?: Verdict;
  readonly thrown?: string;
}

async function run(check: Check, facts: Facts): Promise<Ran> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `Expected an answer within ${checkMsMax / 1_000} s, but none came.`;
    timer = setTimeout(() => reject(new Error(message)), checkMsMax);
  });
  try {
    const verdict = await Promise.race([check.judge(facts), late]);
    return { check, tookMs: took(), verdict };
  } catch (error) {
    return { check, tookMs: took(), thrown: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

function failed({ remedy }: Check, detail: string): Verdict {
  return { state: 'fail', detail, remedy };
}
