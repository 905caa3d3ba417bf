import { expect, it } from 'vitest';
import type { WorkflowDefinition } from '@millrace/domain';
import { terminalOn } from './terminal.js';
import { shapeOf, workflowPage } from './workflow-page.js';

const plain = terminalOn({ isTTY: false } as NodeJS.WriteStream, {});
const node = (id: string, more: object = {}) => ({ id, handler: 'h', ...more });
const etl: WorkflowDefinition = {
  name: 'etl',
  tasks: [
    node('extract'),
    node('clean', { dependsOn: [{ id: 'extract', when: 'result.rows > 0' }] }),
    node('alert', { dependsOn: [{ id: 'extract', when: 'result.rows == 0\u001b[2J' }] }),
    node('end', { dependsOn: ['clean', 'alert'], join: 'none_failed' }),
    node('any', { dependsOn: ['clean', 'alert'], join: { rule: 'n_of_m', n: 1 } }),
  ],
};

it('shows levels, the critical path, joins and conditions', () => {
  expect(workflowPage(plain, shapeOf(etl, 'abc'))).toEqual([
    'etl  abc',
    '5 tasks, 6 edges, 3 levels, at most 2 tasks side by side',
    'Critical path of 3: extract -> clean -> end',
    '',
    '    1  (1) extract',
    '    2  (2) clean, alert',
    '    3  (2) end, any',
    '',
    'Joins',
    '  end  none_failed of 2 parents',
    '  any  n_of_m (n = 1) of 2 parents',
    '',
    'Conditions',
    '  extract -> clean  when result.rows > 0',
    '  extract -> alert  when result.rows == 0\\u001b[2J',
  ]);
});

it('cuts a large one and says what is left out', () => {
  const wide = Array.from({ length: 100_000 }, (_, index) => node(`t${index}`));
  const chain = Array.from({ length: 200 }, (_, index) =>
    node(`c${index}`, { dependsOn: [index === 0 ? 't0' : `c${index - 1}`] }),
  );
  const shape = shapeOf({ name: 'large', tasks: [...wide, ...chain] }, 'abc');
  expect(JSON.stringify(shape).length).toBeLessThan(10_000);
  const page = workflowPage(plain, shape);
  expect(page[4]).toMatch(/^ {4}1 {2}\(100000\) t0, .*, t19, \.\.\. 99980 more$/);
  expect(page.at(-1)).toBe('  ... 151 more levels: --all shows them');
  expect(
    shapeOf({ name: 'large', tasks: [...wide, ...chain] }, 'abc', { levelsMax: Infinity, listMax: Infinity }).levels
      .shown[0]!.tasks,
  ).toHaveLength(100_000);
});
