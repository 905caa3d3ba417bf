import { MillraceError } from '@millrace/client';
import { expect, it } from 'vitest';
import { sentencesOf } from './sentences.js';

it('says its sentence, then each fault with its place', () => {
  const faults = [{ code: 'c', path: '/tasks/0', message: 'Expected a, but b.' }];
  const error = new MillraceError({ code: 'request-invalid', status: 400, detail: 'Expected x, but y.', faults });
  expect(sentencesOf(error)).toEqual(['Expected x, but y.', '  /tasks/0: Expected a, but b.']);
});

it('tells who refused a connection, which Node hides in the cause', () => {
  const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  const detail = 'Expected Millrace to answer, but: fetch failed';
  const error = new MillraceError({ code: 'unreachable', status: 0, detail, cause });
  expect(sentencesOf(error)).toEqual(['Expected Millrace to answer, but: connect ECONNREFUSED 127.0.0.1:1.']);
});

it('shows the stack of a bug only', () => {
  expect(sentencesOf(new Error('Expected x, but y.'))).toEqual(['Expected x, but y.']);
  expect(sentencesOf(new TypeError('x is not a function'))[0]).toMatch(/TypeError: x is not a function\n +at /);
});
