/** What becomes of requests on their way into the log: the same wherever the API is answered. */
export * from './service-problem.js';
export * from './faults-of.js';
export { measurePayload, payloadDepthMax, type PayloadSize } from './payload-fault.js';
export { isAskedAtOnce, nothingElse, readAsked, type Asked, type AskedOrFault, type RequestHeaders } from './asked.js';
export * from './item.js';
export { checkedDefinition } from './checked-definition.js';
export { pinnedParts } from './pinned-parts.js';
export { runCommandEvent, type RunVerb } from './run-command-event.js';
export { priorityEvent } from './priority-event.js';
export { answerOf, type Answer } from './answer-of.js';
export { commandOutcome, type RunStanding } from './command-outcome.js';
