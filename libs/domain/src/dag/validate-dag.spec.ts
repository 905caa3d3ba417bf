import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { workflow } from '../testing/index.js';
import { planWorkflow } from './plan-workflow.js';
import { nodesMax, validateWorkflow } from './validate-dag.js';
import { parentId, type TaskNode, type WorkflowDefinition } from './workflow-definition.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const node = (id: string, over: Partial<TaskNode> = {}): TaskNode => ({ id, handler: 'work', ...over });
const children = (id: string, count: number, when: string): TaskNode[] =>
  Array.from({ length: count }, (_, index) => node(`${id}-${index}`, { dependsOn: [{ id, when }] }));
const flow = (...tasks: TaskNode[]): WorkflowDefinition => ({ name: 'test', tasks });

describe('each fault of a workflow has its own code, place and sentence', () => {
  it.each<[string, WorkflowDefinition, string, string]>([
    ['workflow-empty', flow(), 'tasks', 'Expected at least one task, but the workflow has none.'],
    [
      'workflow-name-bad',
      { name: 'a b', tasks: [node('a')] },
      'name',
      'Expected a name of letters, digits and . _ -, but found "a b".',
    ],
    ['task-id-bad', flow(node('')), 'tasks[0].id', 'Expected an id of letters, digits and . _ -, but found "".'],
    [
      'task-id-duplicate',
      flow(node('a'), node('b'), node('a')),
      'tasks[2].id',
      'Expected task ids to be unique, but tasks 0 and 2 are both "a".',
    ],
    [
      'task-depends-on-itself',
      flow(node('a', { dependsOn: ['a'] })),
      'tasks[0].dependsOn[0]',
      'Expected other tasks, but "a" depends on itself.',
    ],
    [
      'task-parent-unknown',
      flow(node('a', { dependsOn: ['ghost'] })),
      'tasks[0].dependsOn[0]',
      'Expected a task of this workflow, but "a" depends on "ghost".',
    ],
    [
      'task-parent-duplicate',
      flow(node('a'), node('b', { dependsOn: ['a', 'a'] })),
      'tasks[1].dependsOn[1]',
      'Expected each parent once, but "b" names "a" twice.',
    ],
    [
      'task-parent-duplicate',
      flow(node('a'), node('b', { dependsOn: ['a', { id: 'a', when: 'true' }] })),
      'tasks[1].dependsOn[1]',
      'Expected each parent once, but "b" names "a" twice.',
    ],
    [
      'task-parent-unknown',
      flow(node('a', { dependsOn: [{ id: 'ghost', when: 'true' }] })),
      'tasks[0].dependsOn[0]',
      'Expected a task of this workflow, but "a" depends on "ghost".',
    ],
    [
      'task-condition-bad',
      flow(node('a'), node('b', { dependsOn: [{ id: 'a', when: 'x'.repeat(2_049) }] })),
      'tasks[1].dependsOn[0].when',
      'Expected a condition of 1 to 2048 characters, but the one from "a" to "b" has 2049.',
    ],
    [
      'task-condition-bad',
      flow(node('a'), node('b', { dependsOn: [{ id: 'a', when: '' }] })),
      'tasks[1].dependsOn[0].when',
      'Expected a condition of 1 to 2048 characters, but the one from "a" to "b" has 0.',
    ],
    [
      'task-conditions-too-large',
      flow(node('a'), ...children('a', 1_725, 'true  ')),
      'tasks[0]',
      'Expected conditions of at most 65536 characters behind "a", each counted with 32 more, but found 65550.',
    ],
    [
      'workflow-conditions-too-large',
      flow(...Array.from({ length: 20 }, (_, top) => [node(`a${top}`), ...children(`a${top}`, 1_500, 'true')]).flat()),
      'tasks',
      'Expected conditions of at most 1048576 characters in all, each counted with 32 more, but found 1080000.',
    ],
    [
      'task-handler-bad',
      flow(node('a', { handler: 'no spaces' })),
      'tasks[0].handler',
      'Expected a handler name of letters, digits and . _ -, but task "a" names "no spaces".',
    ],
    [
      'task-queue-bad',
      flow(node('a', { queue: 'Upper' })),
      'tasks[0].queue',
      'Expected a queue name of lower-case letters, digits and -, but task "a" names "Upper".',
    ],
    [
      'task-join-without-parents',
      flow(node('a', { join: 'one_success' })),
      'tasks[0].join',
      'Expected parents that can succeed, but "a" joins by one_success and depends on nothing.',
    ],
    [
      'task-join-without-parents',
      flow(node('a', { join: { rule: 'n_of_m', n: 1 } })),
      'tasks[0].join',
      'Expected parents that can succeed, but "a" joins by n_of_m and depends on nothing.',
    ],
    ...[0, -1, 2, 1.5, NaN].map((n): [string, WorkflowDefinition, string, string] => [
      'task-join-n-out-of-range',
      flow(node('a'), node('b', { dependsOn: ['a'], join: { rule: 'n_of_m', n } })),
      'tasks[1].join.n',
      `Expected n from 1 to 1, the parents of "b", but found ${n}.`,
    ]),
    [
      'workflow-cycle',
      flow(node('a', { dependsOn: ['c'] }), node('b', { dependsOn: ['a'] }), node('c', { dependsOn: ['b'] })),
      'tasks[0].dependsOn',
      'Expected no cycle, but found a -> b -> c -> a.',
    ],
    [
      'workflow-cycle',
      flow(node('a', { dependsOn: [{ id: 'b', when: 'false' }] }), node('b', { dependsOn: ['a'] })),
      'tasks[0].dependsOn',
      'Expected no cycle, but found a -> b -> a.',
    ],
  ])('%s', (code, definition, path, message) => {
    expect(validateWorkflow(definition)).toEqual([{ code, path, message }]);
  });

  it('workflow-too-large, without a look at the tasks', () => {
    const tasks = new Array<TaskNode>(nodesMax + 1).fill(node('a'));
    expect(validateWorkflow({ name: 'test', tasks }).map(({ code }) => code)).toEqual(['workflow-too-large']);
  });
});

it('finds the cycle also from tasks that only stand behind it', () => {
  const behind = flow(
    node('tail', { dependsOn: ['b'] }),
    node('head'),
    node('a', { dependsOn: ['head', 'b'] }),
    node('b', { dependsOn: ['a'] }),
  );
  expect(validateWorkflow(behind)[0]?.message).toBe('Expected no cycle, but found b -> a -> b.');
});

it('tells the first 100 faults, however many one task has', () => {
  const ghosts = Array.from({ length: 300_000 }, (_, index) => `ghost-${index}`);
  const faults = validateWorkflow(flow(node('a', { dependsOn: ghosts })));
  expect(faults).toHaveLength(100);
  expect(faults[99]?.path).toBe('tasks[0].dependsOn[99]');
});

it('quotes at most 140 characters of what the user wrote', () => {
  expect(validateWorkflow(flow(node('x'.repeat(10_000))))[0]!.message.length).toBeLessThan(300);
});

it('names a cycle whose every arrow goes from a parent to its child, whatever the graph', () => {
  const graph = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 4 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(graph, (parents) => {
      const definition = flow(
        ...parents.map((list, index) =>
          node(`t${index}`, { dependsOn: list.filter((parent) => parent !== index).map((parent) => `t${parent}`) }),
        ),
      );
      const [fault] = validateWorkflow(definition);
      expect(hasOrder(definition)).toBe(fault === undefined);
      if (fault === undefined) return;
      expect(fault.code).toBe('workflow-cycle');
      const path = fault.message.match(/found (.*)\.$/)![1]!.split(' -> ');
      expect(path.at(-1)).toBe(path[0]);
      expect(new Set(path).size).toBe(path.length - 1);
      for (const [place, child] of path.slice(1).entries()) {
        expect(definition.tasks.find(({ id }) => id === child)!.dependsOn).toContain(path[place]);
      }
    }),
  );
});

function hasOrder({ tasks }: WorkflowDefinition): boolean {
  const done = new Set<string>();
  for (let round = 0; round <= tasks.length; round++) {
    for (const { id, dependsOn = [] } of tasks)
      if (dependsOn.every((parent) => done.has(parentId(parent)))) done.add(id);
  }
  return done.size === tasks.length;
}

it('looks at each list of parents a fixed number of times in a chain of 100,000 tasks', () => {
  let looks = 0;
  const chain = Array.from({ length: 100_000 }, (_, index): TaskNode => {
    const dependsOn = index === 0 ? [] : [`t${index - 1}`];
    return Object.defineProperty(node(`t${index}`), 'dependsOn', { get: () => ((looks += 1), dependsOn) });
  });
  expect(validateWorkflow({ name: 'test', tasks: chain })).toEqual([]);
  expect(looks).toBeLessThanOrEqual(5 * chain.length);
  const { parents, children } = planWorkflow({ name: 'test', tasks: chain });
  expect([parents.length, children.length]).toEqual([99_999, 99_999]);
});

it('plans children and parents as each other’s mirror', () => {
  const { childFrom, children, parentFrom, parents, tasks } = planWorkflow(
    workflow({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }),
  );
  const listed = (from: Int32Array, list: Int32Array) =>
    tasks.map((_, index) => [...list.slice(from[index], from[index + 1])]);
  expect(listed(childFrom, children)).toEqual([[1, 2], [3], [3], []]);
  expect(listed(parentFrom, parents)).toEqual([[], [0], [0], [1, 2]]);
});
