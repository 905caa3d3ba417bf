import type { Check } from '../run-checks.js';
import { judgeBroker } from './broker.js';
import { judgeClock } from './clock.js';
import { judgeDatabase, judgeMigrations } from './database.js';
import { judgeDisk } from './disk.js';
import { judgeLag } from './lag.js';
import { judgeLineage } from './lineage.js';
import { judgeServices } from './services.js';
import { judgeTopics } from './topics.js';
import { judgeVersions } from './versions.js';

const startKafka = 'Start Kafka, or name its brokers: --brokers, MILLRACE_KAFKA_BROKERS or --profile.';
const startPostgres = 'Start Postgres, or name the database: DATABASE_URL or --profile.';

/** What the doctor looks at, in the order in which one would mend it. */
export function checksFor(cliVersion: string): readonly Check[] {
  return [
    { name: 'broker', remedy: startKafka, judge: judgeBroker },
    { name: 'topics', remedy: 'Run: millrace topics plan', judge: judgeTopics },
    { name: 'lineage', remedy: 'See "What halts a partition" in docs/operations.md.', judge: judgeLineage },
    { name: 'database', remedy: startPostgres, judge: judgeDatabase },
    { name: 'migrations', remedy: 'Run: millrace migrate --status', judge: judgeMigrations },
    {
      name: 'services',
      remedy: 'Start them, or name the API: --url, MILLRACE_URL or --profile.',
      judge: judgeServices,
    },
    {
      name: 'versions',
      remedy: 'Deploy one version of everything.',
      judge: (facts) => judgeVersions(facts, cliVersion),
    },
    { name: 'clock', remedy: 'Let NTP set the clocks.', judge: judgeClock },
    { name: 'disk', remedy: 'Make room.', judge: judgeDisk },
    { name: 'lag', remedy: 'Run: millrace partition list', judge: judgeLag },
  ];
}
