import type { WorkflowHead, WorkflowNode } from '@millrace/protocol';

/** NDJSON in pieces of any length: text, or UTF-8. */
export type LineSource = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Of a piece, in UTF-16 code units. */
const pieceChars = 64 * 1024;

/** The lines of a workflow whose tasks are made one after the other: what `streamWorkflow` sends. Holds 64 KiB of them at most. */
export async function* workflowLines(
  head: WorkflowHead,
  tasks: Iterable<WorkflowNode> | AsyncIterable<WorkflowNode>,
): AsyncGenerator<string> {
  let piece = `${JSON.stringify(head)}\n`;
  for await (const task of tasks) {
    piece += `${JSON.stringify(task)}\n`;
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** As a body of `fetch`, read no faster than it is sent. What the source throws ends it. */
export function bodyOf(source: LineSource): ReadableStream<Uint8Array> {
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(to) {
      const next = await pieces.next();
      if (next.done === true) return to.close();
      to.enqueue(typeof next.value === 'string' ? encoder.encode(next.value) : next.value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
