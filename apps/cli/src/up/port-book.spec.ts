import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PortBook } from './port-book.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-ports-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('gives a process the port it had the last time, and no two the same', async () => {
  const file = join(folder, 'ports.json');
  const first = new PortBook(file);
  const ports = [await first.take('a'), await first.take('b')];
  expect(new Set(ports).size).toBe(2);
  const second = new PortBook(file);
  expect([await second.take('a'), await second.take('b')]).toEqual(ports);
});

it('chooses another port where the one of the last time is taken', async () => {
  const file = join(folder, 'ports.json');
  const port = await new PortBook(file).take('a');
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await new PortBook(file).take('a')).not.toBe(port);
    expect(await new PortBook(file).take('a', port)).not.toBe(port);
  } finally {
    server.close();
  }
});
