import { silent, type FoldSink, type Frame, type PartitionState } from '@millrace/domain';
import { CommandAnswers } from './command-answers.js';
import type { ControlSender } from './control-sender.js';
import type { FoldTally } from './metrics/fold-tally.js';
import type { PublishAccepted } from './publish-accepted.js';
import { RequestAnswers } from './request-answers.js';
import { answerClaim, stopOf } from './tell-workers.js';

/**
 * What an owner tells others of the frames that it folds, as long as its epoch is in force: workers what to stop and whose
 * claim holds, whoever asked for runs or commanded them what became of that.
 */
export class TellFolded {
  readonly #requests = new RequestAnswers();
  readonly #commands = new CommandAnswers();

  constructor(
    private readonly control: ControlSender,
    private readonly publish: PublishAccepted,
    private readonly isInForce: () => boolean,
    private readonly tally: FoldTally,
  ) {}

  readonly sink: FoldSink = {
    ...silent,
    taskMoved: (run, task, from, to, move) => {
      this.tally.moved(from, to);
      if (!this.isInForce()) return;
      if (to === 'dispatched') this.publish.accepted(run.inFlight.get(task)!);
      else if (to === 'running') this.publish.listed(run.inFlight.get(task)!);
      else {
        const stop = stopOf(run, task, from, to, move);
        if (stop !== undefined) this.control.send(stop);
      }
    },
    accepted: (type) => this.tally.accepted(type),
    quarantined: (_index, cause) => this.tally.quarantined.add(cause),
    rejected: (item, _entry, reason) => {
      this.tally.rejected.add(reason);
      this.#requests.rejected(item, reason);
      this.#commands.rejected(item, reason);
    },
  };

  /** After a frame was folded, with the state that it left. */
  heard(state: PartitionState, frame: Frame): void {
    for (const item of frame.items) {
      if (item.type === 'TaskStarted' && item.nonce !== undefined) {
        this.control.send(answerClaim(state, item, item.nonce));
      }
    }
    for (const verdicts of [this.#requests.answer(state, frame), this.#commands.answer(frame)]) {
      if (verdicts !== undefined) this.control.send(verdicts);
    }
  }
}
