import {
  keyedRun,
  type Frame,
  type Item,
  type PartitionState,
  type Rejection,
  type RunRequested,
} from '@millrace/domain';
import { recipientOf, type RequestVerdict, type RequestVerdicts } from '@millrace/protocol';

/**
 * Answers requests for runs that ask for a verdict, frame by frame. Whose key it is is read from state, so a frame that is
 * sent again gets the same answer. Nothing is repeated: who hears nothing asks again with the same key.
 */
export class RequestAnswers {
  readonly #rejected = new WeakMap<Item, Rejection>();

  /** Hears why an item of the frame that is being folded took no effect. */
  rejected(item: Item, reason: Rejection): void {
    if (asks(item)) this.#rejected.set(item, reason);
  }

  /** What the frame's writer is told, if it asked; `state` is as the frame left it. */
  answer(state: PartitionState, frame: Frame): RequestVerdicts | undefined {
    let verdicts: RequestVerdict[] | undefined;
    for (const item of frame.items) if (asks(item)) (verdicts ??= []).push(...this.#verdictOf(state, item));
    return verdicts === undefined || verdicts.length === 0
      ? undefined
      : { v: 1, kind: 'requests', to: recipientOf(frame.by), verdicts };
  }

  #verdictOf(state: PartitionState, request: RunRequested): RequestVerdict[] {
    const { run, idempotency } = request;
    const reason = this.#rejected.get(request);
    const keyed = keyedRun(state, request);
    if (keyed !== undefined && keyed.run !== run) {
      return [{ run, outcome: keyed.body === idempotency!.body ? 'known' : 'conflict', first: keyed.run }];
    }
    if (reason === undefined || keyed !== undefined || state.runs.has(run)) return [{ run, outcome: 'new' }];
    // Of a frame sent again nobody knows here what became of its first copy.
    return reason === 'duplicate-frame' ? [] : [{ run, outcome: 'rejected', reason }];
  }
}

function asks(item: Item): item is RunRequested {
  return item.type === 'RunRequested' && (item.idempotency !== undefined || item.asksVerdict === true);
}
