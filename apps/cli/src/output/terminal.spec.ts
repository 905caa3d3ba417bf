import { expect, it } from 'vitest';
import { cutTo, terminalOn } from './terminal.js';

function streamOf(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const pieces: string[] = [];
  const stream = { isTTY, columns: 20, write: (text: string) => pieces.push(text) };
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => pieces.join('') };
}

it('paints on a terminal only', () => {
  expect(terminalOn(streamOf(true).stream, {}).good('yes')).toBe('\u001b[32myes\u001b[0m');
  expect(terminalOn(streamOf(false).stream, {}).good('yes')).toBe('yes');
});

it('draws again without colours where NO_COLOR is set', () => {
  const terminal = terminalOn(streamOf(true).stream, { NO_COLOR: '1' });
  expect([terminal.good('yes'), terminal.isLive]).toEqual(['yes', true]);
});

it('goes back over what it drew, and not over what has settled', () => {
  const { stream, written } = streamOf(true);
  const terminal = terminalOn(stream, {});
  terminal.redraw(['one', 'two']);
  terminal.redraw(['three']);
  terminal.settle();
  terminal.redraw(['four']);
  expect(written()).toBe('one\ntwo\n\u001b[2A\u001b[Jthree\nfour\n');
});

it('cuts to a visible width and keeps the colours whole', () => {
  expect(cutTo('\u001b[1mabcdef\u001b[0m', 3)).toBe('\u001b[1mabc\u001b[0m');
  expect(cutTo('✓ äö', 3)).toBe('✓ ä');
});
