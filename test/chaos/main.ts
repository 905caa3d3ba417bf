import { parseArgs } from 'node:util';
import type { ServiceKind } from '../support/local-system.ts';
import { killsPerMinuteDefault } from './storm/plan-faults.ts';
import { storm } from './storm/storm.ts';

const kindsAll: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
const usage = `Expected: npm run chaos -- [--seed N] [--minutes N] [--kinds ${kindsAll.join(',')}] [--kills-per-minute N] [--servers] [--kafka-gone-minutes N] [-o table|json]`;

function refuse(why: string): never {
  console.error(`${why} ${usage}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '3' },
    kinds: { type: 'string', default: kindsAll.join(',') },
    'kills-per-minute': { type: 'string', default: String(killsPerMinuteDefault) },
    servers: { type: 'boolean', default: false },
    'kafka-gone-minutes': { type: 'string', default: '0' },
    output: { type: 'string', short: 'o', default: 'table' },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
const kafkaGoneMinutes = Number(values['kafka-gone-minutes']);
const killsPerMinute = Number(values['kills-per-minute']);
const kinds = values.kinds.split(',') as ServiceKind[];
if (!Number.isSafeInteger(seed) || seed < 0) refuse('--seed is a whole number of at least 0.');
if (!(minutes > 0 && minutes <= 24 * 60)) refuse('--minutes is a number above 0, at most a day.');
if (!(killsPerMinute > 0 && killsPerMinute <= 120)) refuse('--kills-per-minute is a number above 0, at most 120.');
if (!(kafkaGoneMinutes >= 0 && kafkaGoneMinutes <= 60)) refuse('--kafka-gone-minutes is a number from 0 to 60.');
if (kafkaGoneMinutes > 0 && values.servers) refuse('--kafka-gone-minutes and --servers exclude each other.');
if (!kinds.every((kind) => kindsAll.includes(kind))) refuse('--kinds names services, separated by commas.');
if (!['table', 'json'].includes(values.output)) refuse('-o is table or json.');

console.error(
  `seed ${seed}, ${minutes} minutes: two of ${kinds.join(', ')}${values.servers ? ', broker, Postgres' : ''}`,
);
const figures = await storm(
  { seed, minutes, kinds, killsPerMinute, servers: values.servers, kafkaGoneMinutes },
  (line) => console.error(line),
);
const failed = Object.values(figures.wrong).some((found) => found.length > 0);
if (values.output === 'json') console.log(JSON.stringify(figures, null, 2));
else console.dir(figures, { depth: null });
console.error(failed ? `seed ${seed}: something is wrong, see "wrong"` : `seed ${seed}: nothing is wrong`);
process.exit(failed ? 1 : 0);
