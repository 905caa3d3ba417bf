import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';
import { freePort, isPortFree, sameOrFreePort } from './free-port.js';
import { readRecord, writeRecord } from './process-record.js';

/** Where a broker's folder keeps what. */
export function kafkaPaths(dataDir: string) {
  return {
    data: join(dataDir, 'data'),
    properties: join(dataDir, 'server.properties'),
    cluster: join(dataDir, 'cluster.json'),
    record: join(dataDir, 'process.json'),
    log: join(dataDir, 'kafka.log'),
  };
}

/** Who the broker is and where it listens. */
export interface Cluster {
  readonly clusterId: string;
  readonly port: number;
  readonly controllerPort: number;
}

/**
 * The folder's cluster id, the same for ever, and its ports, the same as long as nobody else has them. Throws where `port` is asked for and
 * taken.
 */
export async function addressOf(dataDir: string, port?: number): Promise<Cluster> {
  const file = kafkaPaths(dataDir).cluster;
  const known = readRecord<Cluster>(file);
  if (port !== undefined && !(await isPortFree(port))) {
    throw new EmbeddedServerError(
      `Expected port ${port} of 127.0.0.1 to be free for Kafka, but another process listens there.`,
    );
  }
  const brokerPort = port ?? (await sameOrFreePort(known?.port));
  let controllerPort = await sameOrFreePort(known?.controllerPort);
  for (let tries = 0; controllerPort === brokerPort && tries < 10; tries++) controllerPort = await freePort();
  const cluster = { clusterId: known?.clusterId ?? newClusterId(), port: brokerPort, controllerPort };
  writeRecord(file, cluster);
  return cluster;
}

/** Sixteen random bytes as Kafka writes them; the first letter is fixed, because an id that begins with a dash reads as an option. */
function newClusterId(): string {
  return `M${randomBytes(16).toString('base64url').slice(1)}`;
}
