import type { Item, RunId, TaskIndex, WorkerId } from '@millrace/domain';

/** What an entry says of an attempt that is in flight. */
export interface AttemptSaid {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  readonly worker?: WorkerId;
  /** The nonce that it names as the one that holds, or wants to hold. */
  readonly claim: string | undefined;
  /** `start`: a worker begins it; `report`: the worker that has it speaks; `owner`: the owner ends it. */
  readonly by: 'start' | 'report' | 'owner';
}

/** Undefined for whatever says nothing of an attempt in flight. */
export function attemptSaid(item: Item, entry: number): AttemptSaid | undefined {
  switch (item.type) {
    case 'TaskStarted':
      return { ...item, claim: item.nonce, by: 'start' };
    case 'StartsSeen':
      return { ...item.entries[entry]!, claim: undefined, by: 'start' };
    case 'TaskFinished':
    case 'TaskReturned':
    case 'CheckpointSaved':
      return { ...item, claim: item.nonce, by: 'report' };
    case 'TasksRecalled':
    case 'AttemptsOverran': {
      const named = item.entries[entry]!;
      return { ...named, claim: named.claim, by: 'owner' };
    }
    default:
      return undefined;
  }
}
