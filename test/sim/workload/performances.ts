import { NonRetryableError, type Handler, type TaskContext } from '@millrace/worker';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Attempts } from '../oracles/attempts.ts';
import type { Chance } from '@millrace/runtime/in-memory';
import type { SimProcess } from '../world/sim-process.ts';

export const handlerNames = ['work', 'careful', 'poison'] as const;
export type HandlerName = (typeof handlerNames)[number];

/** What one execution will do. */
export interface Performance {
  readonly forMs: number;
  readonly end: 'succeeds' | 'fails' | 'fails-for-good' | 'hangs' | 'kills';
}

/** Results over 4 KiB are kept in the log alone, and read back. */
const farChars = 5_000;
const beatMs = 400;

/** What handlers do, and a ledger of what they did. */
export class Performances {
  readonly #chance: Chance;
  readonly #faults: FaultPlan;
  readonly #attempts: Attempts;
  readonly #idsOf = new Map<SimProcess, string[]>();

  constructor(chance: Chance, faults: FaultPlan, attempts: Attempts) {
    this.#chance = chance;
    this.#faults = faults;
    this.#attempts = attempts;
  }

  incarnated(process: SimProcess, id: string): void {
    const ids = this.#idsOf.get(process);
    if (ids === undefined) this.#idsOf.set(process, [id]);
    else ids.push(id);
  }

  idsOf(process: SimProcess): readonly string[] {
    return this.#idsOf.get(process) ?? [];
  }

  handlersOf(process: SimProcess): { name: HandlerName; claimFirst: boolean; handler: Handler<unknown> }[] {
    return handlerNames.map((name) => ({
      name,
      claimFirst: name === 'careful',
      handler: (_input, context) => this.#execute(process, name, context),
    }));
  }

  draw(handler: string): Performance {
    const forMs = this.#chance.happens(0.1) ? this.#chance.between(500, 6_000) : this.#chance.between(1, 250);
    if (handler === 'poison' && this.#chance.happens(0.7)) return { forMs, end: 'kills' };
    if (this.#chance.happens(0.1)) return { forMs, end: 'fails' };
    if (this.#chance.happens(0.02)) return { forMs, end: 'fails-for-good' };
    if (this.#chance.happens(0.03)) return { forMs, end: 'hangs' };
    return { forMs, end: 'succeeds' };
  }

  result(): unknown {
    if (this.#chance.happens(0.05)) return 'far'.repeat(farChars / 3);
    return this.#chance.happens(0.5) ? { value: this.#chance.below(100) } : undefined;
  }

  /** An execution begins: in a worker's process, or in one of its own. */
  begin(process: SimProcess, handler: string, key: { run: string; task: number; attempt: number }) {
    const [ids, beganMs] = [this.idsOf(process), process.scheduler.nowMs];
    return this.#attempts.begin({ ...key, handler, process, ids, beganMs });
  }

  async #execute(process: SimProcess, handler: string, context: TaskContext): Promise<unknown> {
    const { run, task, attempt } = context;
    const beginning = this.begin(process, handler, { run, task, attempt });
    const { forMs, end } = this.draw(handler);
    process.scheduler.story.tell(
      process.scheduler.nowMs,
      process.name,
      `executes ${handler} ${run.slice(0, 10)}/${task}.${attempt}: ${end} after ${forMs} ms`,
    );
    for (let passedMs = 0; passedMs < forMs; passedMs += beatMs) {
      await process.pause(Math.min(beatMs, forMs - passedMs));
      if (context.signal.aborted) break;
      context.heartbeat(this.#chance.happens(0.3) ? { passedMs } : undefined);
    }
    if (end === 'kills') {
      this.#faults.count('poison');
      process.crash();
    }
    if (end === 'hangs' && !this.#faults.isHealed) await new Promise(() => undefined);
    if (end === 'succeeds' || end === 'hangs') return this.result();
    beginning.hasFailed = true;
    const failure = end === 'fails' ? new Error('It failed.') : new NonRetryableError('It failed for good.');
    failure.stack = '';
    throw failure;
  }
}
