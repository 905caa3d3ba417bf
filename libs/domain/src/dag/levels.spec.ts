import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workflow } from '../testing/index.js';
import { planWorkflow } from './plan-workflow.js';
import { levelsOf } from './levels.js';

function shape(parents: Readonly<Record<string, readonly string[]>>) {
  const dag = planWorkflow(workflow(parents));
  const { order, from, widths, criticalPath } = levelsOf(dag);
  const ids = (tasks: Iterable<number>) => Array.from(tasks, (task) => dag.tasks[task]!.id);
  return {
    levels: widths.map((_, level) => ids(order.subarray(from[level], from[level + 1]))),
    widths,
    path: ids(criticalPath),
  };
}

describe('the levels of a workflow', () => {
  it('are one for tasks that depend on nothing', () => {
    expect(shape({ b: [], a: [] })).toEqual({ levels: [['b', 'a']], widths: [2], path: ['b'] });
  });

  it('put each task below the longest chain above it', () => {
    expect(shape({ end: ['b', 'a'], b: ['a'], a: [], side: ['a'] })).toEqual({
      levels: [['a'], ['b', 'side'], ['end']],
      widths: [1, 2, 1],
      path: ['a', 'b', 'end'],
    });
  });

  it('are many in a chain of 20,000 tasks, and one in as many that stand alone', () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`t${n}`, n === 0 ? [] : [`t${n - 1}`]]));
    expect(shape(chain).path).toHaveLength(20_000);
    const alone = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`t${n}`, []]));
    expect(shape(alone).widths).toEqual([20_000]);
  });

  it('hold every task once, parents above children, and a path from parent to child through each level', () => {
    const graph = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(graph, (lists) => {
        const parents = lists.map((list, index) =>
          list.filter((parent) => parent < index).map((parent) => `t${parent}`),
        );
        const { levels, path } = shape(Object.fromEntries(parents.map((list, index) => [`t${index}`, list])));
        const levelOf = new Map(levels.flatMap((ids, level) => ids.map((id) => [id, level] as const)));
        expect([...levelOf.keys()].sort()).toEqual(parents.map((_, index) => `t${index}`).sort());
        for (const [index, list] of parents.entries()) {
          const above = list.map((parent) => levelOf.get(parent)!);
          expect(levelOf.get(`t${index}`)).toBe(1 + Math.max(-1, ...above));
        }
        expect(path.map((id) => levelOf.get(id))).toEqual(levels.map((_, level) => level));
        path.slice(1).forEach((id, place) => expect(parents[Number(id.slice(1))]).toContain(path[place]));
      }),
    );
  });
});
