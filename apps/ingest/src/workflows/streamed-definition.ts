import {
  conditionOf,
  headFaults,
  nodesMax,
  WorkflowGathering,
  type TaskNode,
  type WorkflowFault,
} from '@millrace/domain';
import { JsonRefused, parseJson, type ProblemFault } from '@millrace/nest-kit';
import { limits, WorkflowEncoding, workflowHead, workflowNode, type EncodedWorkflow } from '@millrace/protocol';
import { reviewConditions } from '@millrace/protocol/conditions';
import { isBlank, type Line } from '../stream/line-splitter.js';
import { faultsOf, measurePayload, pointerOf } from '@millrace/protocol/requests';

const faultsMax = 100;

/** What a stream of lines held: a workflow, or everything that is wrong with it, each fault with its line. */
export type Streamed =
  | { readonly encoded: EncodedWorkflow; readonly tasks: number }
  /** `malformed`: lines are no JSON or no nodes, and what they mean together was not looked at. */
  | { readonly wrong: 'malformed' | 'invalid'; readonly faults: readonly ProblemFault[] };

/**
 * Reads a workflow line by line: its head, then a node a line. Holds of it the canonical JSON that is to be written, and some 100
 * bytes for each node and 8 for each parent that it names: neither the lines nor what was parsed of them. The node of a line is
 * checked with it; what many lines mean together, such as a cycle, at the end.
 */
export class StreamedDefinition {
  #head: { readonly name: string; readonly tasks?: number | undefined; readonly line: number } | undefined;
  #encoding: WorkflowEncoding | undefined;
  readonly #gathering = new WorkflowGathering();
  /** Line of each node. */
  readonly #lines: number[] = [];
  readonly #faults: ProblemFault[] = [];

  /** Is there nothing to learn from reading on? */
  get isOver(): boolean {
    return this.#faults.length >= faultsMax || this.#gathering.size > nodesMax;
  }

  add({ number: line, bytes }: Line): void {
    if (bytes === undefined) return this.#fault({ ...lineTooLong, path: '', line });
    if (isBlank(bytes) || this.isOver) return;
    try {
      const value = parseJson(bytes);
      if (this.#head === undefined) this.#addHead(value, line);
      else this.#addNode(value, line);
    } catch (error) {
      if (!(error instanceof JsonRefused)) throw error;
      const { code, detail, path } = error.fault;
      this.#fault({ code, message: detail, path, line });
    }
  }

  /** After the last line. Called once. */
  end(): Streamed {
    if (this.#head === undefined) this.#fault({ ...headMissing, path: '', line: 1 });
    if (this.#faults.length > 0) return { wrong: 'malformed', faults: this.#faults };
    const { name, tasks: promised, line } = this.#head!;
    const tasks = this.#gathering.size;
    const ofHead = headFaults(name, tasks).map((fault) => ({ ...fault, path: pointerOf(fault.path), line }));
    if (ofHead.length > 0) return { wrong: 'invalid', faults: ofHead };
    if (promised !== undefined && promised !== tasks) {
      const message = `Expected ${promised} tasks, as the first line says, but ${tasks} came. Send all of them.`;
      return { wrong: 'malformed', faults: [{ code: 'tasks-missing', message, path: '/tasks', line }] };
    }
    const gathered = this.#gathering.end();
    if ('links' in gathered) return { encoded: this.#encoding!.end(), tasks };
    return { wrong: 'invalid', faults: gathered.faults.map((fault) => this.#placed(fault)) };
  }

  #addHead(value: unknown, line: number): void {
    const parsed = workflowHead.safeParse(value);
    const name = parsed.data?.name ?? 'unnamed';
    this.#head = { name, tasks: parsed.data?.tasks, line };
    this.#encoding = new WorkflowEncoding(name);
    if (!parsed.success) for (const each of faultsOf(parsed.error)) this.#fault({ ...each, line });
  }

  #addNode(value: unknown, line: number): void {
    const parsed = workflowNode.safeParse(value);
    if (!parsed.success) {
      for (const each of faultsOf(parsed.error)) this.#fault({ ...each, message: named(value, each.message), line });
      return;
    }
    const node: TaskNode = parsed.data;
    const { fault } = measurePayload(node.input, '/input');
    if (fault !== undefined) return this.#fault({ ...fault, message: named(node, fault.message), line });
    const before = this.#gathering.faultCount;
    this.#gathering.add(node);
    this.#lines.push(line);
    if (this.#gathering.faultCount === before) this.#reviewConditions(node, line);
    // Of what is wrong nothing will be written.
    if (this.#faults.length === 0 && this.#gathering.faultCount === 0) this.#encoding!.add(node);
  }

  /** Parsing conditions is bounded by what a workflow may have of them. */
  #reviewConditions(node: TaskNode, line: number): void {
    if (this.#gathering.hasTooManyConditions || node.dependsOn?.some(hasCondition) !== true) return;
    for (const { code, message, path } of reviewConditions({ name: '', tasks: [node] })) {
      this.#fault({ code, message: named(node, message), path: pointerOf(path.replace(/^tasks\[0\]\./, '')), line });
    }
  }

  #placed({ code, message, path }: WorkflowFault): ProblemFault {
    const [at, node] = /^tasks\[(\d+)\]\.?/.exec(path) ?? [];
    if (at === undefined) return { code, message, path: pointerOf(path), line: this.#head!.line };
    const rest = path.slice(at.length);
    return { code, message, path: rest === '' ? '' : pointerOf(rest), line: this.#lines[Number(node)]! };
  }

  #fault(fault: ProblemFault): void {
    if (this.#faults.length < faultsMax) this.#faults.push(fault);
  }
}

const hasCondition = (parent: Parameters<typeof conditionOf>[0]): boolean => conditionOf(parent) !== undefined;

/** A sentence with the id of the node that it is about, where there is one. */
function named(value: unknown, message: string): string {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? `Task "${id.slice(0, 140)}": ${message}` : message;
}

const lineTooLong = {
  code: 'line-too-long',
  message: `Expected lines of at most ${limits.workflowLineBytesMax} bytes, but this one is longer. Give the task fewer parents or a smaller input.`,
};
const headMissing = {
  code: 'head-missing',
  message:
    'Expected a first line such as {"name":"my-workflow"} and a task on each other line, but there are no lines.',
};
