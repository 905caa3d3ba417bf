import type { Instant } from '@millrace/domain';
import { Choice } from '../choice/choice.js';
import { FlightCounts } from '../choice/flight-counts.js';
import { WaitingTasks } from '../choice/waiting-tasks.js';
import type { RuleMaker } from '../rule.js';

/**
 * I18: what a decision dispatches passes over nothing that goes before it by share, effective band and order of queueing, and
 * that a worker with free credit serves. Judged where nothing came between the decision and its record: then it was made on
 * what had been just before. Bound: what waits and what is in flight.
 */
export const orderOfChoice: RuleMaker = () => {
  const waiting = new WaitingTasks();
  const flights = new FlightCounts();
  let timeBefore: Instant = 0;
  let choice: Choice | undefined;
  return {
    rule: 'I18',
    record({ offset }, { position, time }) {
      if (offset >= position) timeBefore = time;
      return undefined;
    },
    entry({ item, index, entry, verdict }, history) {
      if (item.type === 'PriorityRequested' && verdict.kind === 'accepted') {
        const run = history.runs.get(item.run);
        if (run !== undefined) waiting.prioritized(run, item);
      }
      if (item.type !== 'TasksDispatched') return undefined;
      const isOnLast = index === 0 && item.basis === history.offset;
      if (entry === 0) choice = isOnLast ? new Choice(waiting, flights, history, timeBefore) : undefined;
      if (verdict.kind !== 'accepted') choice = undefined;
      return choice?.judge(item.entries[entry]!);
    },
    consequence(fact, { item, entry }, history) {
      const run = 'run' in fact ? history.runs.get(fact.run) : undefined;
      if (run === undefined) return undefined;
      if (fact.fact === 'ended') waiting.ended(run.id);
      if (fact.fact === 'paused' && fact.since === undefined) waiting.resumed(run);
      else if (fact.fact === 'paused') waiting.paused(run.id);
      if (fact.fact !== 'transition' || !run.has(fact.task)) return undefined;
      const { task, from, to } = fact;
      if (from === 'queued') waiting.left(run, task, to === 'dispatched');
      if (to === 'queued') waiting.queued(run, task, history.time);
      if (to === 'dispatched' && item.type === 'TasksDispatched')
        flights.give(run.id, task, item.entries[entry]!.worker);
      else flights.give(run.id, task, to === 'running' ? run.flights.get(task)?.worker : undefined);
      return undefined;
    },
  };
};
