import { ServiceProblem } from '@millrace/nest-kit';
import type { EncodedWorkflow } from '@millrace/protocol';
import { pinnedParts } from '@millrace/protocol/requests';
import type { Clock, Journal, LogWriter } from '@millrace/runtime';
import type { PinBook } from './pin-book.js';

/** Parts that are given to the writer at once; a version with more is large. About 2 MiB. */
const partsAtOnce = 16;
const retryAfterMs = 1_000;

/**
 * Puts workflow versions into partitions where they are not in force. The writer keeps the order of appends, so whatever is
 * appended to the partition after `pin` was called lies behind the parts of a version that is not large; a large one is
 * waited for. A repeat is harmless.
 */
export class Pinning {
  /** Large versions that are being written, by version: partition and end. */
  readonly #underWay = new Map<string, Map<number, Promise<void>>>();

  constructor(
    private readonly book: PinBook,
    private readonly writer: LogWriter,
    private readonly clock: Clock,
    private readonly journal: Journal,
    /** How long a request waits for a large version to be in the log. */
    private readonly waitMs: number,
  ) {}

  /**
   * The partition that runs of a large version go to unless a key says otherwise: one where it is in force or on its way. It
   * takes so much of a partition's memory that it is not spread. Undefined for any other, and for one that is nowhere.
   */
  homeOf({ version, parts }: EncodedWorkflow): number | undefined {
    if (parts.length <= partsAtOnce) return undefined;
    const [home] = [...this.book.partitionsOf(version), ...(this.#underWay.get(version)?.keys() ?? [])];
    return home;
  }

  /**
   * Resolves when what is large is in the log. Throws a 503 `workflow-pinning` where that takes longer than a request may
   * wait; it goes on all the same, and nothing else of the request may have been sent.
   */
  async pinLarge(partition: number, workflows: readonly EncodedWorkflow[]): Promise<void> {
    const large = this.#missing(partition, workflows).filter(({ parts }) => parts.length > partsAtOnce);
    if (large.length === 0) return;
    const pinned = Promise.all(large.map((workflow) => this.#writeLarge(partition, workflow)));
    await new Promise<void>((resolve, reject) => {
      const cancel = this.clock.after(this.waitMs, () => reject(notYetPinned(large[0]!, partition)));
      pinned.then(() => resolve(), reject).finally(cancel);
    });
  }

  /**
   * Resolves when what this call had to write is in the log. Nobody else pins that version there meanwhile, and the parts
   * are written again by the writer itself should it give a frame up. What is large is `pinLarge`'s.
   */
  async pin(partition: number, workflows: readonly EncodedWorkflow[]): Promise<void> {
    await Promise.all(this.#missing(partition, workflows).map((workflow) => this.#write(partition, workflow)));
  }

  #missing(partition: number, workflows: readonly EncodedWorkflow[]): EncodedWorkflow[] {
    const missing = new Map<string, EncodedWorkflow>();
    for (const workflow of workflows) {
      if (!this.book.has(workflow.version, partition)) missing.set(workflow.version, workflow);
    }
    return [...missing.values()];
  }

  async #write(partition: number, workflow: EncodedWorkflow): Promise<void> {
    this.book.add(workflow.version, partition);
    try {
      await this.writer.append(partition, pinnedParts(workflow), 'resend');
      this.#said(partition, workflow);
    } catch (error) {
      this.book.remove(workflow.version, partition);
      throw error;
    }
  }

  #writeLarge(partition: number, workflow: EncodedWorkflow): Promise<void> {
    const { version } = workflow;
    const underWay = this.#underWay.get(version) ?? new Map<number, Promise<void>>();
    const known = underWay.get(partition);
    if (known !== undefined) return known;
    const written = this.#writeInTurns(partition, workflow).finally(() => {
      underWay.delete(partition);
      if (underWay.size === 0) this.#underWay.delete(version);
    });
    // Whoever waits for it hears of it; it goes on when nobody does.
    written.catch((error: unknown) => this.journal.warn({ version, partition, error }, 'workflow not pinned'));
    underWay.set(partition, written);
    this.#underWay.set(version, underWay);
    return written;
  }

  /** So many parts at a time that the writer holds few of them as bytes. */
  async #writeInTurns(partition: number, workflow: EncodedWorkflow): Promise<void> {
    for (let from = 0; from < workflow.parts.length; from += partsAtOnce) {
      await this.writer.append(partition, pinnedParts(workflow, from, from + partsAtOnce), 'resend');
    }
    this.book.add(workflow.version, partition);
    this.#said(partition, workflow);
  }

  #said(partition: number, { name, version }: EncodedWorkflow): void {
    this.journal.info({ workflow: name, version, partition }, 'workflow pinned');
  }
}

function notYetPinned({ name, parts }: EncodedWorkflow, partition: number): ServiceProblem {
  const detail =
    `Expected the ${parts.length} parts of workflow "${name}" to be in log partition ${partition} by now, but they are still ` +
    'being written. Nothing of the request was taken: send it again.';
  return new ServiceProblem({ status: 503, code: 'workflow-pinning', detail, retryAfterMs });
}
