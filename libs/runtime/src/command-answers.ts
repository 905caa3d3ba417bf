import { isRunCommand, type Frame, type Item, type Rejection, type RunCommand } from '@millrace/domain';
import { recipientOf, type CommandVerdict, type CommandVerdicts } from '@millrace/protocol';

/**
 * Answers commands about runs that ask for a verdict, frame by frame. A verdict is advice, given once: it may be lost, and what
 * the log says holds. A frame that is sent again gets none, since its first copy was answered.
 */
export class CommandAnswers {
  readonly #rejected = new WeakMap<Item, Rejection>();

  /** Hears why an item of the frame that is being folded took no effect. */
  rejected(item: Item, reason: Rejection): void {
    if (asks(item)) this.#rejected.set(item, reason);
  }

  /** What the frame's writer is told, if it asked. */
  answer(frame: Frame): CommandVerdicts | undefined {
    let verdicts: CommandVerdict[] | undefined;
    for (const item of frame.items) {
      if (!asks(item)) continue;
      const reason = this.#rejected.get(item);
      if (reason !== 'duplicate-frame') (verdicts ??= []).push(verdictOf(item, reason));
    }
    return verdicts === undefined ? undefined : { v: 1, kind: 'commands', to: recipientOf(frame.by), verdicts };
  }
}

function verdictOf({ command }: RunCommand, reason: Rejection | undefined): CommandVerdict {
  return reason === undefined ? { command, outcome: 'accepted' } : { command, outcome: 'rejected', reason };
}

function asks(item: Item): item is RunCommand {
  return isRunCommand(item) && item.asksVerdict === true;
}
