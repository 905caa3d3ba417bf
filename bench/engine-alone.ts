import { createHash } from 'node:crypto';
import { canonicalJson, chooseNext, foldFrame, PartitionState, runIdOf, silent, touchedMax } from '@millrace/domain';
import type { Event, Json } from '@millrace/domain';
import { limits, splitText } from '@millrace/protocol';
import { fanOut } from './fan-out.ts';
import { percentile } from './figures.ts';

/**
 * `node bench/engine-alone.ts <nodes>`: a root, leaves and a join folded as events, without servers. Prints as JSON the microseconds of CPU a node,
 * garbage collection on all threads included, and the longest frame.
 *
 * A process for each size: after a smaller one the heap, its limits and what is compiled are those of another history, and a second definition that is
 * held beside costs each full collection its marking. 10^6 nodes after 10^4 and 10^5 in one process took 1.2 times as much as alone.
 */
const warmUpNodes = 600_000;
const repeats = 5;

function bodyOf(count: number): { name: string; body: string } {
  const definition = fanOut(count);
  return { name: definition.name, body: canonicalJson(definition as unknown as Json) };
}

interface EngineCost {
  readonly pinUs: number;
  readonly runUs: number;
  readonly longestMs: number;
}

/** One run of so many nodes. What it was defined by is let go before: an engine gets parts of text, and holds no other. */
function engineAlone(nodes: number): EngineCost {
  const { name, body } = bodyOf(nodes);
  const version = createHash('sha256').update(body).digest('hex');
  const parts = splitText(body, limits.workflowPartCharsMax);
  const log = new EngineLog();
  log.fold({ type: 'PartitionBorn', cluster: 'bench', nonce: 'n', partition: 0, partitions: 1, rules: 1 });
  log.fold({ type: 'PartitionClaimed', epoch: 1, nonce: 'owner', knows: 1 });
  const worker = { worker: 'w', queues: { default: [0] }, handlers: ['noop'], credits: 1_000 };
  log.fold({ type: 'WorkersSeen', epoch: 1, workers: [worker] });
  const begin = process.cpuUsage();
  parts.forEach((part, index) =>
    log.fold({ type: 'WorkflowPinned', version, part: index, of: parts.length, body: part }),
  );
  const { user, system } = process.cpuUsage(begin);
  const pinned = process.cpuUsage();
  log.longestMs = 0;
  const run = runIdOf(0, '0'.repeat(32));
  log.fold({ type: 'RunRequested', run, tenant: 'default', workflow: { name, version } });
  while (log.state.runs.size > 0) log.turn();
  const ran = process.cpuUsage(pinned);
  return { pinUs: user + system, runUs: ran.user + ran.system, longestMs: log.longestMs };
}

class EngineLog {
  readonly state = new PartitionState();
  longestMs = 0;
  #now = 1_700_000_000_000;

  fold(...items: readonly Event[]): void {
    const from = performance.now();
    const { state } = this;
    const offset = state.position;
    foldFrame(state, { by: 'bench', seq: offset + 1, now: this.#now, items }, offset, ++this.#now, silent);
    this.longestMs = Math.max(this.longestMs, performance.now() - from);
  }

  /** What an owner and its workers do in one round: a slice of a sweep, a decision, and the reports of what it dispatched. */
  turn(): void {
    const [run] = this.state.sweeping;
    const from = run?.sweep?.done ?? 0;
    if (run !== undefined) this.fold({ type: 'RunSwept', epoch: 1, run: run.id, from, to: from + touchedMax });
    const choice = chooseNext(this.state, limits.frameItemsMax);
    if (choice === undefined) return;
    this.fold(choice);
    const at = this.#now;
    this.fold(
      ...choice.entries.map(({ run, task, attempt, worker }): Event => {
        const times = { startedAt: at, finishedAt: at };
        return { type: 'TaskFinished', run, task, attempt, worker, ...times, outcome: { kind: 'succeeded' } };
      }),
    );
  }
}

const nodes = Number(process.argv[2]);
if (!Number.isInteger(nodes) || nodes < 3)
  throw new Error(`Expected a number of nodes of at least 3, but found ${process.argv[2]}.`);
for (let warm = 0; warm < warmUpNodes; warm += nodes) engineAlone(nodes);
const each = Array.from({ length: repeats }, () => engineAlone(nodes));
const median = (of: (cost: EngineCost) => number): number => percentile(each.map(of), 50);
console.log(
  JSON.stringify({
    registrationUs: median(({ pinUs }) => pinUs) / nodes,
    engineUs: median(({ runUs }) => runUs) / nodes,
    longestFrameMs: median(({ longestMs }) => longestMs),
  }),
);
