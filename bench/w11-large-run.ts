import { createHash } from 'node:crypto';
import { canonicalJson, chooseNext, foldFrame, PartitionState, runIdOf, silent, touchedMax } from '@millrace/domain';
import type { Event, Json, WorkflowDefinition } from '@millrace/domain';
import { limits, splitText } from '@millrace/protocol';
import type { BenchSystem } from './bench-system.ts';
import { submitAndWait } from './submit-and-wait.ts';
import { percentile, type Figures } from './figures.ts';
import type { Workload } from './workload.ts';

const nodeCounts = [10_000, 100_000, 1_000_000];
const systemNodes = 100_000;
/** Of each size in this process; medians count. */
const repeats = 3;

/**
 * A root, leaves and a join of 10,000, 100,000 and 1,000,000 nodes in this process, folded as events, without servers, in CPU
 * with garbage collection: registration (the definition read, checked and planned, once a partition and version), and apart
 * from it the engine's own part of a run (birth, every choice, every report); and 100,000 no-op nodes on the whole system.
 */
export const w11: Workload = {
  title: 'W11 large runs (CPU of the engine alone per node; a run of 100,000 nodes on the whole system)',
  sizeDefault: systemNodes,
  warmUpSize: 1_000,
  roundsDefault: 1,
  async round(system, { size }) {
    const figures: Record<string, number> = {};
    const isWarmUp = size <= w11.warmUpSize;
    for (const nodes of isWarmUp ? nodeCounts.slice(0, 2) : nodeCounts) {
      const definition = fanOut(nodes);
      const each = Array.from({ length: isWarmUp ? 1 : repeats }, () => engineAlone(definition));
      figures[`registrationUs ${nodes}`] = percentile(each.map(({ pinUs }) => pinUs), 50) / nodes; // prettier-ignore
      figures[`engineUs ${nodes}`] = percentile(each.map(({ runUs }) => runUs), 50) / nodes; // prettier-ignore
      figures[`longestFrameMs ${nodes}`] = percentile(each.map(({ longestMs }) => longestMs), 50); // prettier-ignore
    }
    if (!isWarmUp) figures['engineUs growth'] = figures['engineUs 1000000']! / figures['engineUs 100000']!;
    return { ...figures, ...(await wholeSystem(system, size)) } satisfies Figures;
  },
};

function fanOut(nodes: number): WorkflowDefinition {
  const leaves = Array.from({ length: nodes - 2 }, (_, index) => {
    return { id: `leaf-${index}`, handler: 'noop', dependsOn: ['root'] };
  });
  const join = { id: 'join', handler: 'noop', dependsOn: leaves.map(({ id }) => id) };
  return { name: `large-${nodes}`, tasks: [{ id: 'root', handler: 'noop' }, ...leaves, join] };
}

async function wholeSystem(system: BenchSystem, nodes: number): Promise<Figures> {
  const definition = fanOut(nodes);
  const startedAt = performance.now();
  await system.post('/v1/workflows', JSON.stringify(definition));
  const registerMs = performance.now() - startedAt;
  const { tookMs } = await submitAndWait(system, definition.name, nodes);
  return { systemRegisterMs: registerMs, systemRunMs: tookMs };
}

/** CPU time of this process, garbage collection included. */
function engineAlone(definition: WorkflowDefinition): { pinUs: number; runUs: number; longestMs: number } {
  const body = canonicalJson(definition as unknown as Json);
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
  log.fold({ type: 'RunRequested', run, tenant: 'default', workflow: { name: definition.name, version } });
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
