import { join } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';
import { freePort, isPortFree, sameOrFreePort } from './free-port.js';
import { newClusterId, type KafkaSeat } from './kafka-seat.js';
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

/**
 * The folder's cluster id, the same for ever, and its ports, the same as long as nobody else has them. Throws where `port` is asked for and
 * taken.
 */
export async function seatAlone(dataDir: string, port?: number): Promise<KafkaSeat> {
  const file = kafkaPaths(dataDir).cluster;
  const known = readRecord<Known>(file);
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
  return { ...cluster, nodeId: 1, voters: [{ nodeId: 1, controllerPort }] };
}

type Known = Pick<KafkaSeat, 'clusterId' | 'port' | 'controllerPort'>;
