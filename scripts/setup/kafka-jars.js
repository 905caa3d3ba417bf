import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, sawNoNetwork, tail } from './command.js';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

const version = '4.4.0'; // libs/embedded/pom.xml and kafkaVersion in libs/embedded say the same
const cache = join(root, '.millrace', `kafka-${version}`, 'libs');

/**
 * Has Kafka's jars where libs/embedded looks for them: in MILLRACE_KAFKA_HOME, or fetched once by Maven, which knows the machine's mirrors.
 * False where there was nothing to do.
 */
export async function ensureKafkaJars() {
  const home = process.env.MILLRACE_KAFKA_HOME;
  if (home) {
    if (hasJars(join(home, 'libs'))) return false;
    throw new Obstacle(
      `MILLRACE_KAFKA_HOME is ${home}, and ${join(home, 'libs')} holds no jars: set it to an unpacked Kafka ${version}, or unset it.`,
    );
  }
  if (hasJars(cache)) return false;
  const draft = `${cache}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const { code, output } = await run('mvn', [
    '-q',
    '-B',
    '-f',
    join('libs', 'embedded', 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${draft}`,
  ]);
  const otherwise = `or set MILLRACE_KAFKA_HOME to an unpacked Kafka ${version}.`;
  if (code === 127)
    throw new Obstacle(
      `Millrace fetches Kafka with Maven, and there is no mvn: install it (package maven), ${otherwise}`,
    );
  if (code !== 0 && sawNoNetwork(output))
    throw new Obstacle(
      `Millrace fetches Kafka with Maven, and Maven's repository does not answer: connect this machine, ${otherwise}`,
    );
  if (code !== 0 || !hasJars(draft))
    throw new Obstacle(`Maven could not fetch Kafka ${version}: see its last lines, ${otherwise}\n${tail(output)}`);
  rmSync(cache, { recursive: true, force: true });
  renameSync(draft, cache);
  return true;
}

function hasJars(folder) {
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('kafka-clients'));
}
