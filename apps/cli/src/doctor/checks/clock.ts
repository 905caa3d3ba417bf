import { formatDuration } from '../../output/duration.js';
import type { Facts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';

/** Partition time believes a writer's clock up to this far from the broker's. */
const failMs = 60_000;
const warnMs = 2_000;
/** An HTTP date tells whole seconds. */
const dateMs = 1_000;

interface Reading {
  readonly what: string;
  /** How far it is ahead of ours at least, by the most favourable reading; negative: behind. */
  readonly aheadMs: number;
}

/** How far are the clocks of broker, database, API and services from this machine's? */
export async function judgeClock(facts: Facts): Promise<Verdict> {
  const readings = (await Promise.all([databaseClock(facts), apiClocks(facts), brokerClocks(facts)])).flat();
  if (readings.length === 0) return warn('No clock but our own can be read.', 'Mend broker and database first.');
  const names = readings.slice(0, 3).map(({ what }) => what);
  const furthest = Math.max(...readings.map(({ aheadMs }) => Math.abs(aheadMs)));
  const rest = readings.length > 3 ? ` and ${readings.length - 3} more` : '';
  const fine = ok(`They agree with this machine within ${formatDuration(furthest)}: ${names.join(', ')}${rest}.`);
  return worst([fine, ...readings.flatMap(judge)]);
}

function judge({ what, aheadMs }: Reading): Verdict[] {
  const off = Math.abs(aheadMs);
  if (off < warnMs) return [];
  const detail = `The clock of ${what} is ${formatDuration(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's.`;
  return [
    off >= failMs
      ? fail(detail, 'Let NTP set both; deadlines of tasks shift by it.')
      : warn(detail, 'Let NTP set both.'),
  ];
}

async function databaseClock(facts: Facts): Promise<Reading[]> {
  const found = await facts.database().catch(() => undefined);
  return found === undefined ? [] : [{ what: 'the database', aheadMs: ahead(found.clock, 0) }];
}

async function apiClocks(facts: Facts): Promise<Reading[]> {
  const asked = await facts.readiness().catch(() => []);
  return asked.flatMap(({ url, clock }) => (clock === undefined ? [] : [{ what: url, aheadMs: ahead(clock, dateMs) }]));
}

/** The broker's by a heartbeat that came while we waited; the services' by what they and the broker wrote on their last. */
async function brokerClocks(facts: Facts): Promise<Reading[]> {
  const heard = await facts.heartbeats().catch(() => undefined);
  if (heard?.live === undefined) return [];
  const broker = heard.live.at - heard.live.heardAt;
  const slackMs = 1_000;
  const services = heard.living.map(({ said, at }) => ({
    what: said.id,
    aheadMs: broker + trim(said.at - at, slackMs),
  }));
  const odd = services.filter(({ aheadMs }) => Math.abs(aheadMs) >= warnMs);
  return [{ what: 'the broker', aheadMs: trim(broker, slackMs) }, ...odd];
}

/** The least that a clock is ahead, if it was read at any moment between asking and the answer. */
function ahead(
  clock: { readonly at: number; readonly askedAt: number; readonly answeredAt: number },
  grainMs: number,
): number {
  if (clock.at > clock.answeredAt) return clock.at - clock.answeredAt;
  if (clock.at + grainMs < clock.askedAt) return clock.at + grainMs - clock.askedAt;
  return 0;
}

function trim(ms: number, slackMs: number): number {
  return Math.sign(ms) * Math.max(0, Math.abs(ms) - slackMs);
}
