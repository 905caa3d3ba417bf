import type { Heard } from '../read-heartbeats.js';
import type { Facts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';
import type { Readiness } from '../read-readiness.js';

/** Without them nothing is taken, decided or shown. */
const needed = ['ingest', 'dispatcher', 'projector'] as const;

/** Who is alive, by heartbeats; who has halted; and what those say whose addresses are known. */
export async function judgeServices(facts: Facts): Promise<Verdict> {
  const asked = await facts.readiness();
  const unready = asked.flatMap(judgeReadiness);
  const heard = await facts.heartbeats().catch((error: unknown) => {
    if (unready.length === 0) throw error;
  });
  if (heard === undefined) return worst(unready);
  const { living } = heard;
  const countOf = (kind: string): number => living.filter(({ said }) => said.kind === kind).length;
  const absent = needed.filter((kind) => countOf(kind) === 0);
  const counts = [...needed, 'worker'].map((kind) => `${countOf(kind)} ${kind}`).join(', ');
  const ready = asked.length === 0 ? '' : `; of ${asked.length} asked, all are ready`;
  return worst([
    ok(`Heard lately: ${counts}${ready}.`),
    ...absent.map((kind) => fail(`No ${kind} was heard for 15 s.`, `Start ${kind}, or look into its log.`)),
    ...unready,
    ...living.flatMap(judgeHalts),
    ...(countOf('worker') === 0 ? [warn('No worker was heard for 15 s.', 'Start one: what is queued waits.')] : []),
  ]);
}

function judgeReadiness({ url, isReady, faults }: Readiness): Verdict[] {
  if (isReady) return [];
  return [fail(`${url} is not ready: ${faults.join('; ')}.`.replace(/\.\.$/, '.'), 'Look into its log.')];
}

function judgeHalts({ said }: Heard): Verdict[] {
  const halted = ('halted' in said ? said.halted : undefined) ?? [];
  return halted.map(({ partition, fault }) =>
    fail(
      `${said.id} has halted partition ${partition}: ${fault}`,
      'Do what the sentence says; see docs/operations.md.',
    ),
  );
}
