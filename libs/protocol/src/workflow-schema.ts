import { handlerNamePattern, namePattern, nodesMax, queueNamePattern } from '@millrace/domain';
import { z } from 'zod';
import { registerWorkflow } from './api/write.js';

interface Described {
  description?: string;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  default?: unknown;
  readonly properties?: Record<string, Described>;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
}

type Texts = Readonly<Record<string, string>>;

const workflow: Texts = {
  name: 'What runs of it are asked for by.',
  tasks: 'The nodes of the graph, in any order.',
};
const task: Texts = {
  id: 'Unique in its workflow.',
  handler: 'Names the handler that workers serve.',
  queue: 'Default: default.',
  band: 'critical, high, normal, low, background, or a number from 5 to 1. Default: that of the run, or normal.',
  retry: 'How often and when a failed execution is tried again.',
  startToCloseMs: 'An execution longer than this is ended and counts as failed. Default 300000.',
  heartbeatTimeoutMs:
    'An execution whose handler does not call heartbeat for this long counts as failed. Default: no limit.',
  scheduleToStartMs: 'Queued or dispatched and not started for this long, it has timed out. Default: no limit.',
  scheduleToCloseMs:
    'Not ended this long after it was first queued, over all attempts, it has timed out. Default: no limit.',
  delayMs: 'Waits this long after its join is met. Default 0.',
  claimFirst: 'The worker asks before it runs: each attempt starts at most once. Default false.',
  dependsOn:
    'Ids of the tasks that it waits for; one with "when", a condition in CEL over result and input of that task, is a branch.',
  join: 'How the ends of dependsOn decide whether it runs. Default all_success.',
  input: 'What its handler gets. Default: the input of the run.',
};
const retry: Texts = {
  failuresMax: 'Failed executions that spend the budget; 1 for no retry. Default 3.',
  policy: 'exponential: a random share of a delay that grows; fixed: exactly delayMs. Default exponential.',
  delayMs: 'The first delay. Default 1000.',
  factor: 'The delay grows by it with each failure. Default 2.',
  delayMsMax: 'No delay is longer, a fixed one neither. Default 60000.',
  totalMs: 'No retry begins later than this after the first queueing. Default: no limit.',
  nonRetryable: 'Names of errors that fail the task at once.',
};

/** The JSON Schema (draft 7, what editors know best) of a workflow file, in JSON or YAML. `workflow.schema.json` is its text. */
export function workflowJsonSchema(): object {
  const schema = z.toJSONSchema(registerWorkflow, { io: 'input', target: 'draft-7' }) as Described;
  const node = schema.properties!['tasks']!;
  describe(schema, workflow);
  describe(node.items!, task);
  describe(node.items!.properties!['retry']!, retry);
  Object.assign(node, { minItems: 1, maxItems: nodesMax });
  schema.properties!['name']!.pattern = namePattern.source;
  node.items!.properties!['id']!.pattern = namePattern.source;
  node.items!.properties!['handler']!.pattern = handlerNamePattern.source;
  node.items!.properties!['queue']!.pattern = queueNamePattern.source;
  return { ...schema, title: 'A workflow of Millrace', description: 'What POST /v1/workflows takes.' };
}

/** Every member has its text: an object whose texts are not those of its members is a bug. */
function describe({ properties = {} }: Described, texts: Texts): void {
  for (const [name, member] of Object.entries(properties)) {
    if (texts[name] === undefined) throw new Error(`Expected a text for the member ${name}, but there is none.`);
    member.description = texts[name];
  }
}
