import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { planWorkflow } from '../dag/plan-workflow.js';
import { Run } from '../run/run.js';
import * as given from '../testing/index.js';
import { Timers } from './timers.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const tasks = 40;
const wide = planWorkflow(
  given.workflow(Object.fromEntries(Array.from({ length: tasks }, (_, index) => [`t${index}`, []]))),
);

it('come due by time, then by the order of setting, and stale ones never', () => {
  const times = fc.array(fc.nat(9), { maxLength: tasks });
  fc.assert(
    fc.property(times, fc.uniqueArray(fc.nat(tasks - 1)), fc.nat(10), (due, stale, until) => {
      const run = new Run(given.run1, 'default', undefined, wide, undefined, undefined, 0);
      const timers = new Timers();
      due.forEach((at, task) => {
        run.setInstant('dueAt', task, at);
        timers.set({ at, run, task, kind: 'due' });
      });
      for (const task of stale) run.dropInstant('dueAt', task);
      const taken: number[] = [];
      for (let timer = timers.takeDue(until); timer !== undefined; timer = timers.takeDue(until))
        taken.push(timer.task);
      const live = due.map((at, task) => ({ at, task })).filter(({ task }) => !stale.includes(task));
      const sorted = live.sort((one, other) => one.at - other.at || one.task - other.task);
      expect(taken).toEqual(sorted.filter(({ at }) => at <= until).map(({ task }) => task));
      expect(timers.nextAt()).toBe(sorted.find(({ at }) => at > until)?.at);
    }),
  );
});
