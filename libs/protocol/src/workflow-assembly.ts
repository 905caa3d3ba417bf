import { DefinitionReading, type NodeSink, type WorkflowVersion } from '@millrace/domain';
import type { EncodedWorkflow, WorkflowRecord } from './workflow-record.js';

/** Versions whose parts are incomplete are forgotten, oldest first, beyond this many. */
const incompleteMax = 32;

/** A version that is whole, and what was made of its nodes. */
export interface AssembledWorkflow<Made> {
  readonly encoded: EncodedWorkflow;
  readonly made: Made;
}

interface Incomplete<Made> {
  readonly parts: (string | undefined)[];
  reading: DefinitionReading<Made>;
  /** Parts in a row from the first that were read. */
  read: number;
}

/**
 * Puts versions together from records in log order. A version is complete when all its parts are there; if their hash does
 * not fit or they hold no valid workflow, or the count of parts changes under way, what was gathered is forgotten. Parts are read
 * as they come in a row, so that the last one takes no longer than the others.
 */
export class WorkflowAssembly<Made> {
  readonly #incomplete = new Map<WorkflowVersion, Incomplete<Made>>();

  /** @param makeSink what a version's nodes go into, once for each version and each time that it is read */
  constructor(private readonly makeSink: () => NodeSink<Made>) {}

  /** The version that this record completes; `unsound` where it completes one that is none. */
  add({ name, version, part, of, body }: WorkflowRecord): AssembledWorkflow<Made> | 'unsound' | undefined {
    const incomplete = this.#of(version, of);
    const { parts } = incomplete;
    if (part < incomplete.read && parts[part] !== body) {
      // The newer one counts: a stray part must not keep a version out.
      incomplete.reading = new DefinitionReading(this.makeSink);
      incomplete.read = 0;
    }
    parts[part] = body;
    const { reading } = incomplete;
    for (let next = parts[incomplete.read]; next !== undefined; next = parts[incomplete.read]) {
      reading.add(next);
      incomplete.read += 1;
    }
    if (incomplete.read < of) return undefined;
    this.#incomplete.delete(version);
    const whole = parts as string[];
    const made = reading.end(version, () => whole.join(''));
    if (made === undefined) return 'unsound';
    return { encoded: { name, version, bytes: reading.bytes, parts: whole }, made };
  }

  #of(version: WorkflowVersion, of: number): Incomplete<Made> {
    let found = this.#incomplete.get(version);
    if (found?.parts.length !== of) {
      const parts = new Array<string | undefined>(of).fill(undefined);
      found = { parts, reading: new DefinitionReading(this.makeSink), read: 0 };
    }
    this.#incomplete.delete(version);
    this.#incomplete.set(version, found);
    for (const oldest of this.#incomplete.keys()) {
      if (this.#incomplete.size <= incompleteMax) break;
      this.#incomplete.delete(oldest);
    }
    return found;
  }
}
