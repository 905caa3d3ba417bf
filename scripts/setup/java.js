import { join } from 'node:path';
import { run } from './command.js';
import { Obstacle } from './obstacle.js';

const versionMin = 17;

/** A Java that can run the broker, or a sentence. Not asked for where a broker is given. */
export async function needJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { code, output } = await run(java, ['-version']);
  const remedy =
    'install one (package openjdk-17-jre-headless), set JAVA_HOME, or set MILLRACE_KAFKA_BROKERS to a Kafka of your own.';
  if (code !== 0)
    throw new Obstacle(`Millrace needs Java ${versionMin} or newer for its Kafka broker, and there is none: ${remedy}`);
  const major = Number(/version "(?:1\.)?(\d+)/.exec(output)?.[1]);
  if (major < versionMin)
    throw new Obstacle(
      `Millrace needs Java ${versionMin} or newer for its Kafka broker, and this is Java ${major}: ${remedy}`,
    );
}
