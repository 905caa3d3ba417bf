import { NonRetryableError, type TaskContext } from '@millrace/worker';

interface Order {
  readonly item: string;
  readonly count: number;
}

const stock: Readonly<Record<string, { readonly left: number; readonly price: number }>> = {
  pencil: { left: 500, price: 2 },
  piano: { left: 1, price: 4_000 },
};

/** What the conditions of `workflow.yaml` ask of: `inStock` and `total`. */
function check({ item, count }: Order) {
  if (!Number.isInteger(count) || count < 1) {
    throw new NonRetryableError(`Expected a count of at least 1, but found ${count}.`);
  }
  const { left, price } = stock[item] ?? { left: 0, price: 0 };
  return { item, inStock: count <= left, total: count * price };
}

/** Handlers by name, as `workflow.yaml` names them. */
export const handlers = {
  'orders.check': async (order: Order) => check(order),
  'orders.approve': async (order: Order) => ({ approved: order.item }),
  'orders.refuse': async (order: Order) => ({ refused: order.item }),
  'orders.ship': async (order: Order) => ({ shipped: order.item }),
  'orders.tell': async (_order: Order, { parentResults }: TaskContext) => ({ told: parentResults }),
};
