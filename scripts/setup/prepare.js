import { build } from './build.js';
import { needJava } from './java.js';
import { ensureKafkaJars } from './kafka-jars.js';
import { ensurePackages } from './packages.js';
import { ensurePostgresLinks } from './postgres-links.js';
import { needDisk, needLinux } from './preconditions.js';
import { ensurePrismaClient } from './prisma-client.js';
import { step } from './progress.js';

/** What every command needs: the packages, and what their install scripts would have made. */
export async function preparePackages() {
  await step('Packages', ensurePackages);
  await step('Postgres libraries', ensurePostgresLinks);
  await step('Prisma client', ensurePrismaClient);
}

/** What it takes to run the whole system on this machine. Servers that are given by their addresses need nothing here. */
export async function prepareAll() {
  const ownKafka = !process.env.MILLRACE_KAFKA_BROKERS;
  if (ownKafka || !process.env.DATABASE_URL) needLinux();
  needDisk();
  if (ownKafka) await needJava();
  await preparePackages();
  if (ownKafka) await step('Kafka', ensureKafkaJars);
  await step('Build', build);
}
