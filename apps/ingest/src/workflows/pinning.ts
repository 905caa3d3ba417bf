import type { WorkflowPinned } from '@millrace/domain';
import type { EncodedWorkflow } from '@millrace/protocol';
import type { Journal, LogWriter } from '@millrace/runtime';
import type { PinBook } from './pin-book.js';

/**
 * Puts workflow versions into partitions where they are not in force. The writer keeps the order of appends, so whatever is
 * appended to the partition after `pin` was called lies behind the parts. A repeat is harmless.
 */
export class Pinning {
  constructor(
    private readonly book: PinBook,
    private readonly writer: LogWriter,
    private readonly journal: Journal,
  ) {}

  /**
   * Resolves when what this call had to write is in the log. Nobody else pins that version there meanwhile, and the parts
   * are written again by the writer itself should it give a frame up.
   */
  async pin(partition: number, workflows: readonly EncodedWorkflow[]): Promise<void> {
    const missing = new Map<string, EncodedWorkflow>();
    for (const workflow of workflows) {
      if (!this.book.has(workflow.version, partition)) missing.set(workflow.version, workflow);
    }
    await Promise.all([...missing.values()].map((workflow) => this.#write(partition, workflow)));
  }

  async #write(partition: number, { name, version, parts }: EncodedWorkflow): Promise<void> {
    this.book.add(version, partition);
    const items = parts.map((body, part): WorkflowPinned => ({
      type: 'WorkflowPinned',
      version,
      part,
      of: parts.length,
      body,
    }));
    try {
      await this.writer.append(partition, items, 'resend');
      this.journal.info({ workflow: name, version, partition }, 'workflow pinned');
    } catch (error) {
      this.book.remove(version, partition);
      throw error;
    }
  }
}
