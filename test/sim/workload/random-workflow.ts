import type { Band, Join, ParentRef, TaskSpec, WorkflowDefinition } from '@millrace/domain';
import { workflow } from '@millrace/domain/testing';
import type { Chance } from '@millrace/runtime/in-memory';

const joins: readonly Join[] = ['all_success', 'all_done', 'one_success', 'none_failed', 'always'];

/** What a task asks for: handlers, retries, deadlines, delays, bands; most of it often absent. */
export function randomTask(chance: Chance): TaskSpec {
  const drawn = chance.draw();
  const handler = drawn < 0.04 ? 'poison' : drawn < 0.35 ? 'careful' : 'work';
  return {
    handler,
    startToCloseMs: chance.between(2_000, 8_000),
    retry: {
      failuresMax: chance.between(1, 3),
      delayMs: chance.between(50, 800),
      policy: chance.pick(['fixed', 'exponential']),
    },
    ...(chance.happens(0.15) && { heartbeatTimeoutMs: chance.between(800, 3_000) }),
    ...(chance.happens(0.1) && { scheduleToStartMs: chance.between(500, 8_000) }),
    ...(chance.happens(0.1) && { scheduleToCloseMs: chance.between(1_000, 15_000) }),
    ...(chance.happens(0.1) && { delayMs: chance.between(1, 2_000) }),
    ...(chance.happens(0.1) && { claimFirst: true }),
    ...(chance.happens(0.3) && { band: chance.between(1, 5) as Band }),
  };
}

/** A workflow of `tasks` tasks with edges, conditions and join rules as chance has it; `made` has the last word on each. */
export function randomWorkflow(
  chance: Chance,
  tasks: number,
  made: (spec: TaskSpec) => TaskSpec = (spec) => spec,
): WorkflowDefinition {
  const parents: Record<string, readonly ParentRef[]> = {};
  const specs: Record<string, TaskSpec & { join?: Join }> = {};
  for (let index = 0; index < tasks; index++) {
    const of: ParentRef[] = [];
    for (let parent = Math.max(0, index - 4); parent < index; parent++) {
      if (chance.happens(0.4)) of.push(chance.happens(0.1) ? { id: `t${parent}`, when: 'true' } : `t${parent}`);
    }
    const ofM: Join = { rule: 'n_of_m', n: chance.between(1, Math.max(1, of.length)) };
    const join = chance.happens(0.4) ? chance.pick([...joins, ofM]) : undefined;
    parents[`t${index}`] = of;
    specs[`t${index}`] = { ...made(randomTask(chance)), ...(join !== undefined && of.length > 0 && { join }) };
  }
  return workflow(parents, specs);
}
