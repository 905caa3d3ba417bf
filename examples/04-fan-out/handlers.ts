import { NonRetryableError, type TaskContext } from '@millrace/worker';

/** Whole numbers from `from` up to, and not with, `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

interface Counted {
  readonly primes: number;
}

/** A leaf: how many primes there are in its range. */
function count({ from, to }: Range): Counted {
  if (!(from >= 0 && to >= from)) throw new NonRetryableError(`Expected a range, but found ${from} to ${to}.`);
  let primes = 0;
  for (let number = from; number < to; number++) if (isPrime(number)) primes++;
  return { primes };
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}

/** The join: takes the results of its parents as they come, so that their number does not matter. */
async function sum(_input: unknown, { eachParentResult }: TaskContext) {
  let [leaves, primes] = [0, 0];
  for await (const [, result] of eachParentResult()) {
    leaves++;
    primes += (result as unknown as Counted).primes;
  }
  return { leaves, primes };
}

/** Handlers by name, as `workflow.ts` names them. */
export const handlers = {
  'primes.count': async (range: Range) => count(range),
  'primes.sum': sum,
};
