import { queueDefault, WorkflowGathering, type NodeSink, type TaskNode } from '@millrace/domain';
import {
  parseWorkflowRecord,
  WorkflowAssembly,
  type AssembledWorkflow,
  type EncodedWorkflow,
} from '@millrace/protocol';
import type { Journal, LogRecord } from '@millrace/runtime';

export interface KnownWorkflow extends EncodedWorkflow {
  readonly tasks: number;
  readonly queues: readonly string[];
}

/** Bytes of all definitions together; more are refused at registering. */
export const registryBytesMax = 512 * 1024 * 1024;

/** All registered versions, put together from the records of `millrace.workflows` in their order. */
export class WorkflowRegistry {
  readonly #assembly = new WorkflowAssembly(() => new NodesSeen());
  readonly #versions = new Map<string, KnownWorkflow>();
  readonly #newest = new Map<string, KnownWorkflow>();
  #bytes = 0;

  constructor(private readonly journal: Journal) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Without `version` the one registered last under that name. */
  find(name: string, version?: string): KnownWorkflow | undefined {
    if (version === undefined) return this.#newest.get(name);
    const found = this.#versions.get(version);
    return found?.name === name ? found : undefined;
  }

  /** A record that is none of ours, or completes nothing valid, changes nothing. */
  take(record: LogRecord): void {
    const parsed = parseWorkflowRecord(record.value);
    const assembled = parsed === undefined ? undefined : this.#assembly.add(parsed);
    if (assembled === undefined) return;
    const known = assembled === 'unsound' ? undefined : this.#know(assembled);
    if (known === undefined) {
      this.journal.warn({ offset: record.offset }, 'Expected a valid workflow, but the record holds none; left out.');
      return;
    }
    this.#newest.set(known.name, known);
  }

  #know({ encoded, made }: AssembledWorkflow<Nodes>): KnownWorkflow | undefined {
    const found = this.#versions.get(encoded.version);
    if (found !== undefined) return found;
    if (this.#bytes + encoded.bytes > registryBytesMax || made.name !== encoded.name) return undefined;
    const known = { ...encoded, tasks: made.tasks, queues: made.queues };
    this.#versions.set(encoded.version, known);
    this.#bytes += encoded.bytes;
    return known;
  }
}

interface Nodes {
  readonly name: string;
  readonly tasks: number;
  readonly queues: readonly string[];
}

/** Of a version's nodes nothing is kept but their number and the queues that they name. */
class NodesSeen implements NodeSink<Nodes> {
  readonly #gathering = new WorkflowGathering();
  readonly #queues = new Set<string>();

  add(node: TaskNode): void {
    this.#gathering.add(node);
    this.#queues.add(node.queue ?? queueDefault);
  }

  end(name: string): Nodes | undefined {
    if ('faults' in this.#gathering.end()) return undefined;
    return { name, tasks: this.#gathering.size, queues: [...this.#queues] };
  }
}
