import { queueDefault, validateWorkflow, type WorkflowDefinition } from '@millrace/domain';
import { parseWorkflowRecord, registerWorkflow, WorkflowAssembly, type EncodedWorkflow } from '@millrace/protocol';
import type { Journal, LogRecord } from '@millrace/runtime';

export interface KnownWorkflow extends EncodedWorkflow {
  readonly tasks: number;
  readonly queues: readonly string[];
}

/** Bytes of all definitions together; more are refused at registering. */
export const registryBytesMax = 512 * 1024 * 1024;

/** All registered versions, put together from the records of `millrace.workflows` in their order. */
export class WorkflowRegistry {
  readonly #assembly = new WorkflowAssembly();
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
    const encoded = parsed === undefined ? undefined : this.#assembly.add(parsed);
    if (encoded === undefined) return;
    const known = this.#versions.get(encoded.version) ?? this.#readIn(encoded);
    if (known === undefined) {
      this.journal.warn({ offset: record.offset }, 'Expected a valid workflow, but the record holds none; left out.');
      return;
    }
    this.#newest.set(known.name, known);
  }

  #readIn(encoded: EncodedWorkflow): KnownWorkflow | undefined {
    if (this.#bytes + encoded.bytes > registryBytesMax) return undefined;
    const definition = definitionOf(encoded);
    if (definition === undefined || definition.name !== encoded.name) return undefined;
    const queues = [...new Set(definition.tasks.map((task) => task.queue ?? queueDefault))];
    const known = { ...encoded, tasks: definition.tasks.length, queues };
    this.#versions.set(encoded.version, known);
    this.#bytes += encoded.bytes;
    return known;
  }
}

function definitionOf({ parts }: EncodedWorkflow): WorkflowDefinition | undefined {
  try {
    const parsed = registerWorkflow.safeParse(JSON.parse(parts.join('')));
    return parsed.success && validateWorkflow(parsed.data).length === 0 ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
