import type { Facts } from '../facts.js';
import { fail, ok, warn, type Verdict } from '../finding.js';

/** A round trip over this is felt in every step of a chain of tasks. */
const latencyMsMax = 100;
/** Fetch begins at this version from Kafka 4.0 on. */
const fetchMinOfFour = 4;

/** Is it reachable, is there a controller, and how long does an answer take? */
export async function judgeBroker(facts: Facts): Promise<Verdict> {
  const { brokers, controller, latencyMs, fetchVersions } = await facts.cluster();
  const names = brokers.map(({ host, port }) => `${host}:${port}`).join(', ');
  const age = fetchVersions.min >= fetchMinOfFour ? 'Kafka 4.0 or newer' : 'older than Kafka 4.0';
  const count = `${brokers.length} ${brokers.length === 1 ? 'broker' : 'brokers'}`;
  const who = `${count} (${names}), ${age} (Fetch ${fetchVersions.min} to ${fetchVersions.max})`;
  if (controller === undefined)
    return fail(`${who}, without a controller.`, 'Start enough controllers for a majority.');
  const latency = `answers in ${latencyMs.toFixed(1)} ms`;
  if (latencyMs > latencyMsMax) {
    return warn(`${who}, but it ${latency}.`, 'Look at the load of the brokers and at the network between.');
  }
  return ok(`${who}, controller ${controller}, ${latency}.`);
}
