import { expect, it } from 'vitest';
import { shownText } from './shown-text.js';

it('shows what could move a cursor, colour a terminal or turn text round as escapes', () => {
  expect(shownText('\u001b[2Ja\tb\r\n\u202ec\u0000é')).toBe('\\u001b[2Ja\\u0009b\\u000d\\u000a\\u202ec\\u0000é');
  expect(shownText('\ud800')).toBe('\ufffd');
});

it('cuts long text', () => {
  expect(shownText('x'.repeat(300), 10)).toBe(`${'x'.repeat(10)}…`);
});
