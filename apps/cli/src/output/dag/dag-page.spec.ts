import type { WorkflowDefinition } from '@millrace/domain';
import type { RunDetail, TaskRunView } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { terminalOn } from '../terminal.js';
import { dagPage } from './dag-page.js';

const plain = terminalOn({ isTTY: false } as NodeJS.WriteStream, {});
const at = (ms: number): string => new Date(ms).toISOString();

/** A workflow written as `child: parents`, and its task runs, each of which took as long as is given. */
function drawn(shape: string, tookMs: Readonly<Record<string, number>> = {}, columns = 100): string[] {
  const nodes = shape.split('; ').map((text) => text.split(': '));
  const tasks = nodes.map(([id, parents = '']) => ({
    ...{ id: id!, handler: 'h' },
    dependsOn: parents.split(' ').filter(Boolean),
  }));
  const ends = new Map<string, number>();
  const views = tasks.map(({ id, dependsOn }, task) => {
    const begin = Math.max(0, ...dependsOn.map((parent) => ends.get(parent) ?? 0)) + 5;
    ends.set(id, begin + (tookMs[id] ?? 10));
    const [startedAt, finishedAt] = [at(begin), at(ends.get(id)!)];
    return { task, id, status: 'succeeded', attempt: 1, startedAt, dispatchedAt: startedAt, finishedAt } as TaskRunView;
  });
  const endedAt = at(Math.max(...ends.values()));
  const run = { requestedAt: at(0), endedAt } as RunDetail['run'];
  const definition = { name: 'w', tasks } as WorkflowDefinition;
  return [...dagPage(plain, run, views, definition, columns, 0).lines];
}

it('draws a chain, and all of it as the critical path', () => {
  expect(drawn('a; b: a')).toEqual([
    ' ┏━━━━━━━━━━━━┓',
    ' ┃ ✓ a  10 ms ┃',
    ' ┗━━━━━━┳━━━━━┛',
    '        │',
    ' ┏━━━━━━┻━━━━━┓',
    ' ┃ ✓ b  10 ms ┃',
    ' ┗━━━━━━━━━━━━┛',
    '',
    'Critical path  20 ms of work in 30 ms',
    '  a 10 ms (waited 5 ms) -> b 10 ms (waited 5 ms)',
  ]);
});

it('draws a chain as a straight line, whatever the widths of its boxes', () => {
  const lines = drawn('a; longer-by-four: a; ab: longer-by-four; abc: ab').slice(0, 15);
  const columns = lines.flatMap((line) => [...line.matchAll(/[┳┻│]/g)].map(({ index }) => index));
  expect([columns.length, new Set(columns).size]).toEqual([9, 1]);
});

it('draws a fan-out and its join, with the path that took longest', () => {
  expect(drawn('a; b: a; c: a; d: b c', { c: 50 })).toEqual([
    '         ┏━━━━━━━━━━━━┓',
    '         ┃ ✓ a  10 ms ┃',
    '         ┗━━━━━━┳━━━━━┛',
    '        ┌───────┴───────┐',
    ' ┌──────┴─────┐  ┏━━━━━━┻━━━━━┓',
    ' │ ✓ b  10 ms │  ┃ ✓ c  50 ms ┃',
    ' └──────┬─────┘  ┗━━━━━━┳━━━━━┛',
    '        └───────┬───────┘',
    '         ┏━━━━━━┻━━━━━┓',
    '         ┃ ✓ d  10 ms ┃',
    '         ┗━━━━━━━━━━━━┛',
    '',
    'Critical path  70 ms of work in 85 ms',
    '  a 10 ms (waited 5 ms) -> c 50 ms (waited 5 ms) -> d 10 ms (waited 5 ms)',
  ]);
});

it('leads an edge past the levels that it skips', () => {
  expect(drawn('a; b: a; c: a b').slice(2, 9)).toEqual([
    '   ┗━━━━━━┳━━━━━┛',
    '        ┌─┴───────┐',
    ' ┏━━━━━━┻━━━━━┓   │',
    ' ┃ ✓ b  10 ms ┃   │',
    ' ┗━━━━━━┳━━━━━┛   │',
    '        └─┬───────┘',
    '   ┏━━━━━━┻━━━━━┓',
  ]);
});

it('draws crossing edges so that each can be followed', () => {
  expect(drawn('a; b; c; d: a b; e: b c; f: a c').slice(2, 7)).toEqual([
    ' ┗━━━━━━┳━━━━━┛  └──────┬─────┘  └──────┬─────┘',
    '        ├┬──────────────┤               │',
    '        └│──────────────│┬──────────────┤',
    '         │              └│──────────────┴┐',
    ' ┏━━━━━━━┻━━━━┓  ┌───────┴────┐  ┌───────┴────┐',
  ]);
});

it('makes one box of tasks that are alike where a row gets too wide', () => {
  const parts = Array.from({ length: 50 }, (_, index) => `p${index}`);
  const lines = drawn(`a; ${parts.map((id) => `${id}: a`).join('; ')}; z: ${parts.join(' ')}`);
  expect(lines[5]).toBe(' ┃ p0 ... p49 (50)  ✓ 50 succeeded ┃');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('says how many tasks it leaves out', () => {
  const others = Array.from({ length: 30 }, (_, index) => [`p${index}`, `q${index}: p${index}`]).flat();
  expect(drawn(others.join('; '))).toContain('... and 50 more tasks that are not drawn');
  const chain = Array.from({ length: 90 }, (_, index) => (index === 0 ? 'c0' : `c${index}: c${index - 1}`));
  const long = drawn(chain.join('; '));
  expect(long).toContain('... and 60 more tasks that are not drawn');
  expect(long.at(-1)).toMatch(/^ {2}\.\.\. 78 before -> c78 10 ms/);
});

it('keeps every row within the terminal, whatever the shape', () => {
  for (const width of [60, 80, 120]) {
    const nodes = Array.from({ length: 60 }, (_, index) => {
      const parents = [index * 7 + 3, index * 5 + 1, index * 3].map((each) => each % Math.max(1, index));
      return index < 4 ? `n${index}` : `n${index}: ${[...new Set(parents)].map((each) => `n${each}`).join(' ')}`;
    });
    const picture = drawn(nodes.join('; '), {}, width).filter((line) => /[│┃┏┌└]/.test(line));
    expect(Math.max(...picture.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
});
