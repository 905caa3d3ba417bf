import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';

/** The broker that `npm start` fetches into the checkout. */
export const kafkaVersion = '4.4.0';

/**
 * The folder with the broker's jars: `MILLRACE_KAFKA_HOME`/libs where that variable is set, else what the scripts fetched into
 * `root`/.millrace. Throws where there are none, with what to do.
 */
export function findKafkaJars(root: string, env: NodeJS.ProcessEnv = process.env): string {
  const home = env['MILLRACE_KAFKA_HOME'];
  const folder =
    home !== undefined && home !== '' ? join(home, 'libs') : join(root, '.millrace', `kafka-${kafkaVersion}`, 'libs');
  if (jarsIn(folder).length > 0) return folder;
  throw new EmbeddedServerError(
    `Expected Kafka's jars in ${folder}, but found none: run npm start once to fetch them, or set MILLRACE_KAFKA_HOME to an unpacked Kafka ${kafkaVersion}.`,
  );
}

/** The jars of a folder as a Java class path, in an order that is the same each time (an AppCDS archive depends on it). */
export function classPathOf(jarsDir: string): string {
  return jarsIn(jarsDir)
    .map((jar) => join(jarsDir, jar))
    .join(delimiter);
}

function jarsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort();
}
