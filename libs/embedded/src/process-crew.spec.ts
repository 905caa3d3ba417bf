import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeashedProcess } from './leashed-process.js';
import { ProcessCrew } from './process-crew.js';
import { isAlive, recordOf } from './process-record.js';
import { nodeWithSources } from './testing/other-process.js';

let dataDir: string;
let crews: ProcessCrew[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-crew-'));
  crews = [];
});
afterEach(async () => {
  await Promise.all(crews.map((crew) => crew.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

const node = (name: string, script: string) => ({ name, command: process.execPath, args: ['-e', script] });
const sleeper = 'console.log("up"); setInterval(() => {}, 1000)';

function crewOf(more = {}): ProcessCrew {
  const crew = new ProcessCrew({ dataDir, restartDelayMs: 20, graceMs: 2_000, ...more });
  crews.push(crew);
  return crew;
}

describe('a crew of processes', () => {
  it('starts a killed process again under a new pid', async () => {
    const crew = crewOf();
    const first = await crew.start(node('worker-1', sleeper));
    expect(crew.kill('worker-1', 'SIGKILL')).toBe(true);
    await vi.waitFor(() => expect(crew.restartsOf('worker-1')).toBe(1), 5_000);
    await vi.waitFor(() => expect(crew.pidOf('worker-1')).not.toBe(first), 5_000);
  });

  it('gives up a program that never lives for long', async () => {
    const lines: string[] = [];
    const crew = crewOf({ restartsMax: 2, log: (line: string) => lines.push(line) });
    await crew.start(node('broken', 'process.exit(3)'));
    await vi.waitFor(() => expect(lines.at(-1)).toContain('broken: ended with code 3; given up'), 5_000);
    expect(crew.pidOf('broken')).toBeUndefined();
  });

  it('stops in the order it is told, twice over, and starts nothing afterwards', async () => {
    const crew = crewOf();
    const out = join(dataDir, 'order');
    const polite = (name: string) =>
      node(
        name,
        `process.on('SIGTERM', () => { require('fs').appendFileSync(${JSON.stringify(out)}, '${name} '); process.exit(0) });` +
          `console.log('ready'); setInterval(() => {}, 1000)`,
      );
    for (const name of ['a', 'b', 'c']) await crew.start(polite(name));
    for (const name of ['a', 'b', 'c']) {
      await vi.waitFor(
        () => expect(readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8')).toContain('ready'),
        5_000,
      );
    }
    await Promise.all([crew.stop(['c', ['a']]), crew.stop(['c', 'a'])]);
    expect(readFileSync(out, 'utf8')).toBe('c a b ');
    await expect(crew.start(polite('d'))).rejects.toThrow('the crew is stopping');
  });

  it('ends a process that does not listen to SIGTERM', async () => {
    const crew = crewOf({ graceMs: 100 });
    const pid = await crew.start(node('deaf', `process.on('SIGTERM', () => {}); ${sleeper}`));
    const log = join(dataDir, 'logs', 'deaf.log');
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('up'), 5_000);
    await crew.stop();
    expect(recordOf(pid)).toBeUndefined();
  });

  it('ends what an earlier crew left alive in the same folder', async () => {
    crewOf();
    const left = await LeashedProcess.start({
      ...node('old', sleeper),
      logFile: join(dataDir, 'old.log'),
      recordFile: join(dataDir, 'processes', 'old.json'),
      leash: false,
    });
    expect(isAlive(left.record)).toBe(true);
    await crewOf().start(node('new', sleeper));
    expect(isAlive(left.record)).toBe(false);
  });

  it('does not let its processes outlive it', async () => {
    const log = join(dataDir, 'parent.log');
    const spec = {
      command: process.execPath,
      args: ['-e', sleeper],
      logFile: log,
      recordFile: join(dataDir, 'child.json'),
    };
    const parent = await LeashedProcess.start({
      command: process.execPath,
      args: nodeWithSources(
        (folder) => `const { LeashedProcess } = await import(${folder} + '/leashed-process.ts');
          const child = await LeashedProcess.start(${JSON.stringify(spec)});
          console.log('child=' + child.pid + ';'); setInterval(() => {}, 1000);`,
      ),
      logFile: log,
      recordFile: join(dataDir, 'parent.json'),
    });
    try {
      await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toMatch(/child=\d+;/), 5_000);
      const child = recordOf(Number(/child=(\d+);/.exec(readFileSync(log, 'utf8'))?.[1]));
      if (child === undefined) throw new Error('Expected the child to live');
      await parent.kill();
      await vi.waitFor(() => expect(isAlive(child)).toBe(false), 5_000);
    } finally {
      await parent.kill();
    }
  });
});
