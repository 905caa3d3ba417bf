import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { WorkflowVersion } from '../ids.js';
import { NodeCutter } from './cut-nodes.js';
import { isTaskNode, readShape } from './read-definition.js';
import type { TaskNode } from './workflow-definition.js';
import { headFaults } from './validate-dag.js';

/** What is made of the nodes of a workflow, one after the other; undefined where they make none. */
export interface NodeSink<Made> {
  add(node: TaskNode): void;
  end(name: string): Made | undefined;
}

/** Of a text that are hashed at once. */
const hashedChars = 64 * 1024;

/**
 * Reads a workflow's text in parts, in their order, so that reading the last part of a large one takes no longer than the
 * others: hash, parsing and what `NodeSink` does with nodes happen with each. Gives the same as reading the whole at once. Only
 * canonical JSON is read so; any other text is read as a whole at the end.
 */
export class DefinitionReading<Made> {
  readonly #hash = sha256.create();
  readonly #cutter = new NodeCutter();
  readonly #makeSink: () => NodeSink<Made>;
  readonly #sink: NodeSink<Made>;
  #isSpoiled = false;
  #nodes = 0;
  #bytes = 0;

  constructor(makeSink: () => NodeSink<Made>) {
    this.#makeSink = makeSink;
    this.#sink = makeSink();
  }

  /** Of what was added, in UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The next part, which cuts no surrogate pair. */
  add(part: string): void {
    for (let from = 0; from < part.length;) {
      let to = from + hashedChars;
      // No piece ends within a code point.
      if (isHighSurrogate(part.charCodeAt(to - 1))) to += 1;
      const bytes = utf8ToBytes(part.slice(from, to));
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      from = to;
    }
    for (const node of this.#cutter.add(part)) this.#take(node);
  }

  /** After the last part; undefined where the parts are not this version, or no valid workflow. `whole` gives all of them. */
  end(version: WorkflowVersion, whole: () => string): Made | undefined {
    if (bytesToHex(this.#hash.digest()) !== version) return undefined;
    const name = this.#cutter.end();
    if (name === undefined) return readWhole(whole(), this.#makeSink());
    return headFaults(name, this.#nodes).length === 0 && !this.#isSpoiled ? this.#sink.end(name) : undefined;
  }

  /** One value that is no node spoils the whole. */
  #take(node: unknown): void {
    this.#nodes += 1;
    if (!this.#isSpoiled && isTaskNode(node)) this.#sink.add(node);
    else this.#isSpoiled = true;
  }
}

function readWhole<Made>(body: string, sink: NodeSink<Made>): Made | undefined {
  const definition = readShape(body);
  if (definition === undefined || headFaults(definition.name, definition.tasks.length).length > 0) return undefined;
  for (const node of definition.tasks) sink.add(node);
  return sink.end(definition.name);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
