import type { Message } from 'kafkajs';

export interface Order {
  readonly order: string;
  readonly cents: number;
}

/** Who publishes: source and id of a CloudEvent name it for ever, so the same event sent again makes no second run. */
export const source = '/shop';

/** Asks for a task: a CloudEvent in binary mode, whose data is what `POST /v1/tasks` takes. */
export function taskRequested(id: string, handler: string, input: Order): Message {
  return {
    key: id,
    value: JSON.stringify({ handler, input }),
    headers: {
      ce_specversion: '1.0',
      ce_type: 'millrace.run.requested',
      ce_source: source,
      ce_id: id,
      'content-type': 'application/json',
    },
  };
}
