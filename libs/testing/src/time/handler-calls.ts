import { AsyncLocalStorage } from 'node:async_hooks';
import type { Handler, TaskContext } from '@millrace/worker';
import { HandlerCall } from './handler-call.js';
import { afterReal } from './turns.js';
import type { VirtualClock } from './virtual-clock.js';

/** Every call of a handler that goes on, and which of them hold virtual time up. */
export class HandlerCalls {
  readonly #open = new Map<string, HandlerCall>();
  readonly #current = new AsyncLocalStorage<HandlerCall>();
  readonly #clock: VirtualClock;
  readonly #patienceMs: number;
  #changed: () => void = () => undefined;

  constructor(clock: VirtualClock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** The call whose handler asks, if one does. */
  get current(): HandlerCall | undefined {
    return this.#current.getStore();
  }

  get open(): ReadonlyMap<string, HandlerCall> {
    return this.#open;
  }

  /** Calls the handler in the process `owner`; whatever it does with its context shows that it goes on. */
  run(handler: Handler<unknown>, owner: object, input: unknown, context: TaskContext): unknown {
    const { run, task, attempt, startToCloseMs } = context;
    const call = new HandlerCall(`${run}/${task}/${attempt}`, owner, this.#clock.now() + startToCloseMs);
    this.#open.set(call.attempt, call);
    this.#clock.stir();
    try {
      const returned = this.#current.run(call, () => handler(input, seen(context, call)));
      if (typeof (returned as PromiseLike<unknown> | undefined)?.then !== 'function')
        return this.#ended(call, returned);
      return Promise.resolve(returned).finally(() => this.#ended(call, undefined));
    } catch (thrown) {
      this.#ended(call, undefined);
      throw thrown;
    }
  }

  /** Resolves when a call has ended or gone to sleep, or the longest patience is over; false where nothing holds time up. */
  async waited(): Promise<boolean> {
    const ms = Math.max(0, ...Array.from(this.#open.values(), (call) => call.holdsMs(this.#patienceMs)));
    if (ms <= 0) return false;
    await new Promise<void>((resolve) => {
      const cancel = afterReal(ms, resolve);
      this.#changed = () => {
        cancel();
        resolve();
      };
    });
    return true;
  }

  /** Something happened that the driver of time has to look at. */
  change(): void {
    this.#clock.stir();
    this.#changed();
  }

  /** The process has ended: nobody waits for what it ran. */
  forget(owner: object): void {
    for (const [attempt, call] of this.#open) if (call.owner === owner) this.#open.delete(attempt);
    this.change();
  }

  #ended<T>(call: HandlerCall, returned: T): T {
    if (this.#open.get(call.attempt) === call) this.#open.delete(call.attempt);
    this.change();
    return returned;
  }
}

function seen(context: TaskContext, call: HandlerCall): TaskContext {
  return new Proxy(context, {
    get(target, member) {
      call.heard();
      return Reflect.get(target, member, target) as unknown;
    },
  });
}
