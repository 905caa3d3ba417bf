import { problemOf, type Check } from '@millrace/nest-kit';
import type { IntakeOrigin } from '@millrace/protocol';
import type {
  Clock,
  Journal,
  LogRecord,
  Rounds,
  TaskAssignment,
  TaskSource,
  TaskSourceListener,
} from '@millrace/runtime';
import type { Answer, ItemOrProblem } from '@millrace/protocol/requests';
import type { Submission } from '../submit/submission.js';
import type { Quarantine, Quarantined } from './quarantine.js';
import { readRequest } from './read-request.js';

export interface IntakeOptions {
  readonly source: TaskSource;
  readonly submission: Pick<Submission, 'submit'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Records submitted together. */
const recordsMax = 256;
const retryMs = 1_000;

/** A record on its way. */
interface Open extends Omit<Quarantined, 'problem'> {
  readonly read: ItemOrProblem;
}

/**
 * Takes requests from the intake topic. A record is settled when its request is in the log and its verdict came, or was not
 * told in time, or when it is in quarantine; so what is redelivered is harmless by its idempotency key, and what is bad holds
 * nobody up. What cannot be taken now is tried again every second, and meanwhile nothing more of its partition is read.
 */
export class Intake implements TaskSourceListener {
  readonly #options: IntakeOptions;
  readonly #waiting = new Set<() => void>();
  #session = 0;
  #partitions: readonly number[] = [];
  #taken = 0;
  #quarantined = 0;
  #waitsFor: string | undefined;
  #stopped = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Records whose requests are in the log. */
  get taken(): number {
    return this.#taken;
  }

  get quarantined(): number {
    return this.#quarantined;
  }

  /** Of the loops that bring its records. */
  get rounds(): readonly Rounds[] {
    return this.#options.source.rounds ?? [];
  }

  /** Tolerates being called after `stop`, and does nothing then. */
  async start(): Promise<void> {
    if (!this.#stopped) await this.#options.source.start(this);
  }

  /** What is under way is not settled any more: it comes again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.left();
    await this.#options.source.stop();
  }

  check(): Check {
    const counts = `${this.#taken} taken, ${this.#quarantined} quarantined`;
    const waits = this.#waitsFor === undefined ? '' : `; waits: ${this.#waitsFor}`;
    return { ready: true, detail: `partitions ${this.#partitions.join(', ') || 'none'}; ${counts}${waits}` };
  }

  joined({ queues }: TaskAssignment): void {
    this.#session += 1;
    this.#partitions = Object.values(queues).flat();
  }

  left(): void {
    this.#session += 1;
    this.#partitions = [];
    for (const wake of [...this.#waiting]) wake();
  }

  async records(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> {
    const session = this.#session;
    for (let from = 0; from < records.length; from += recordsMax) {
      const some = records.slice(from, from + recordsMax);
      const origins = some.map(({ offset }) => ({ topic, partition, offset }));
      if (!(await this.#takeAll(origins, some, session))) return;
      this.#options.source.settle(topic, partition, some.at(-1)!.offset + 1);
    }
  }

  /** False where the partition went away before all were taken. */
  async #takeAll(origins: readonly IntakeOrigin[], records: readonly LogRecord[], session: number): Promise<boolean> {
    let open = records.map((record, index): Open => {
      const origin = origins[index]!;
      return { origin, record, read: readRequest(origin, record) };
    });
    while (session === this.#session) {
      open = await this.#take(open);
      if (open.length === 0) return true;
      await this.#pause();
    }
    return false;
  }

  /** Gives those that have to be tried again. */
  async #take(open: readonly Open[]): Promise<Open[]> {
    const answers = await this.#submit(open);
    const problems = open.flatMap((each, index) => {
      const answer = answers[index]!;
      return 'problem' in answer ? [{ ...each, problem: answer.problem }] : [];
    });
    const [again, bad] = [true, false].map((isPassing) => problems.filter((each) => isPassing === passes(each)));
    const kept = await this.#keep(bad!);
    this.#taken += open.length - problems.length;
    this.#waitsFor = again!.at(0)?.problem.detail ?? (kept ? undefined : 'the quarantine topic does not take records');
    return kept ? again! : [...again!, ...bad!];
  }

  async #submit(open: readonly Open[]): Promise<Answer[]> {
    try {
      return await this.#options.submission.submit(open.map(({ read }) => read));
    } catch (error) {
      return open.map(({ read }) => ('problem' in read ? read : { problem: problemOf(error) }));
    }
  }

  async #keep(bad: readonly Quarantined[]): Promise<boolean> {
    const { quarantine, journal } = this.#options;
    try {
      await quarantine.keep(bad);
    } catch (error) {
      journal.warn({ error }, 'Expected to put a record in quarantine, but failed; trying again.');
      return false;
    }
    this.#quarantined += bad.length;
    const [first] = bad;
    if (first === undefined) return true;
    const fields = { ...first.origin, cause: first.problem.code, records: bad.length };
    journal.warn(fields, `Records of the intake are quarantined; the first: ${first.problem.detail}`);
    return true;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#options.clock.after(retryMs, wake);
      this.#waiting.add(wake);
    });
  }
}

/** May it succeed later? */
function passes({ problem: { status, code } }: Quarantined): boolean {
  return (status >= 500 || status === 429) && code !== 'request-rejected';
}
