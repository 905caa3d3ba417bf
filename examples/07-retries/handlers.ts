import { NonRetryableError, RetryAfterError, type TaskContext } from '@millrace/worker';

interface Delivery {
  readonly parcel: string;
}

class RoadClosed extends Error {
  override readonly name = 'RoadClosed';
}

/** Handlers by name: five ways in which an attempt may end. */
export const handlers = {
  /** Works at the third attempt. What it throws is tried again, as the task's retry policy says. */
  'parcels.by-road': async ({ parcel }: Delivery, { attempt }: TaskContext) => {
    if (attempt < 3) throw new RoadClosed(`The road is closed for ${parcel}.`);
    return { parcel, attempt };
  },
  /** Knows better than the policy when to come again. */
  'parcels.by-sea': async ({ parcel }: Delivery, { attempt }: TaskContext) => {
    if (attempt < 2) throw new RetryAfterError('The ferry sails in half a second.', 500);
    return { parcel, attempt };
  },
  /** Knows that no further attempt can help. */
  'parcels.by-rail': async ({ parcel }: Delivery) => {
    throw new NonRetryableError(`There is no rail to where ${parcel} goes.`);
  },
  /** Never works: its retry budget is spent, and it is a dead letter. */
  'parcels.by-balloon': async ({ parcel }: Delivery) => {
    throw new Error(`The wind is wrong for ${parcel}.`);
  },
  /** Takes longer than its start-to-close allows. */
  'parcels.on-foot': async (_delivery: Delivery, { signal }: TaskContext) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
};
