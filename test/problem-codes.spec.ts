import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemCodes } from '@millrace/protocol';

const root = join(import.meta.dirname, '..');

/** What answers requests. That they answer no other code, the compiler sees: `ServiceProblem` takes these alone. */
const answering = ['apps/ingest/src', 'apps/query/src', 'libs/nest-kit/src', 'libs/protocol/src/requests'];

it('every problem code of the protocol is answered somewhere', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...answering], {
    cwd: root,
    encoding: 'utf8',
  });
  const text = files
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|\/testing\//.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const spelled = (code: string): boolean =>
    text.includes(`'${code}'`) || (code.endsWith('-behind') && text.includes('`${reader}-behind`'));
  expect(problemCodes.filter((code) => !spelled(code))).toEqual([]);
});

it('the list of problem codes is sorted, and names each once', () => {
  expect([...problemCodes]).toEqual([...new Set(problemCodes)].sort());
});
