import type { Worker, WorkerCondition } from '@millrace/worker';

/** What terminus takes as the result of an indicator. */
export type MillraceHealthResult = {
  readonly [key in string]: { readonly status: 'up' | 'down' } & WorkerCondition;
};

/**
 * For `@nestjs/terminus`: `health.check([() => millrace.isHealthy()])`. Up while the worker is a member of its groups or joins
 * them, and while it drains; down while it cannot reach its cluster, with why, and before it was started.
 */
export class MillraceHealth {
  constructor(private readonly worker: Worker) {}

  /** @param key what the result is called. Default `millrace`. */
  isHealthy(key = 'millrace'): MillraceHealthResult {
    const { condition } = this.worker;
    const isUp = condition.error === undefined && ['joining', 'working', 'draining'].includes(condition.state);
    return { [key]: { status: isUp ? 'up' : 'down', ...condition } };
  }
}
