import type { TaskSpec, WorkflowDefinition, WorkflowPinned, WorkflowVersion } from '@millrace/domain';
import { Flow } from './flow.js';

/** Versions that are not complete, at most. */
const incompleteMax = 64;

/** The workflow versions that are in force in a partition, read from the parts that were accepted. */
export class PinnedFlows {
  readonly #flows = new Map<WorkflowVersion, Flow>();
  readonly #parts = new Map<WorkflowVersion, string[]>();

  get(version: WorkflowVersion): Flow | undefined {
    return this.#flows.get(version);
  }

  /** One task is a workflow of one node. */
  single(task: TaskSpec): Flow {
    return new Flow([task]);
  }

  takePart({ version, part, of, body }: WorkflowPinned): void {
    let parts = this.#parts.get(version);
    if (parts === undefined || parts.length !== of) parts = Array.from({ length: of });
    parts[part] = body;
    this.#parts.set(version, parts);
    if (this.#parts.size > incompleteMax) this.#parts.delete(this.#parts.keys().next().value!);
  }

  /** The fold says that all parts of it are there. False: they are not, or are no workflow. */
  complete(version: WorkflowVersion): boolean {
    const parts = this.#parts.get(version);
    if (parts === undefined || !Array.from(parts).every((part) => typeof part === 'string')) return false;
    this.#parts.delete(version);
    try {
      this.#flows.set(version, new Flow((JSON.parse(parts.join('')) as WorkflowDefinition).tasks));
      return true;
    } catch {
      return false;
    }
  }
}
