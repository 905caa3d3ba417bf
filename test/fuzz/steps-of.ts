import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

/**
 * How many blocks of JavaScript a call runs through: every function and every branch or loop body counts each time that it is entered,
 * ours and that of packages alike, as V8's precise coverage tells it. The same call gives the same number on any machine. What native
 * code does within one step (`JSON.parse`, a regular expression) is not counted.
 */
export function stepsOf(call: () => void): number {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    call();
    let steps = 0;
    session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      for (const { functions } of (taken as unknown as Coverage).result) {
        for (const { ranges } of functions) for (const { count } of ranges) steps += count;
      }
    });
    session.post('Profiler.stopPreciseCoverage');
    return steps;
  } finally {
    session.disconnect();
  }
}
