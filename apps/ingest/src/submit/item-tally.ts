import { problemOf } from '@millrace/nest-kit';
import { TallyBy } from '@millrace/runtime';
import type { Answer } from '@millrace/protocol/requests';

/** In the log: without a verdict that anybody waited for, or with the one that came. */
export const itemOutcomes = ['logged', 'new', 'known', 'pending', 'refused'] as const;

/** What became of items, whichever door they came by. */
export class ItemTally {
  readonly outcomes = new TallyBy<(typeof itemOutcomes)[number]>(itemOutcomes);
  /** By the code of the problem: as many as the code has. */
  readonly refused = new TallyBy<string>();

  answered(answers: readonly Answer[]): void {
    for (const answer of answers) {
      if ('problem' in answer) this.#refuse(answer.problem.code, 1);
      else this.outcomes.add(answer.verdict ?? 'logged');
    }
  }

  /** None of so many items was taken. */
  failed(error: unknown, items: number): void {
    this.#refuse(problemOf(error).code, items);
  }

  #refuse(code: string, items: number): void {
    this.outcomes.add('refused', items);
    this.refused.add(code, items);
  }
}
