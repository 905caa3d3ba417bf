import { MillraceError } from '@millrace/client';
import { LogUnavailable } from '@millrace/runtime';
import { expect, it } from 'vitest';
import { CommandFailed, exitCodeOf } from './exit-codes.js';

const answered = (status: number, code = 'x'): MillraceError => new MillraceError({ status, code, detail: 'd' });

it.each([
  [answered(400), 2],
  [answered(404), 3],
  [answered(422, 'workflow-unknown'), 3],
  [answered(403), 4],
  [answered(409), 5],
  [answered(503), 6],
  [answered(0, 'unreachable'), 6],
  [answered(0, 'wait-over'), 1],
  [answered(0, 'url-invalid'), 2],
  [answered(404, 'not-a-problem'), 6],
  [answered(404, 'route-unknown'), 6],
  [answered(500), 1],
  [new LogUnavailable('l'), 6],
  [new CommandFailed('c', 5), 5],
  [new TypeError('t'), 1],
  ['text', 1],
])('ends after %o with code %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
