/** What a payment provider tells. */
export interface Payment {
  readonly invoice: string;
  readonly cents: number;
}

/** Handlers by name. */
export const handlers = {
  'payments.book': async ({ invoice, cents }: Payment) => ({ booked: `${invoice}: ${(cents / 100).toFixed(2)}` }),
};
