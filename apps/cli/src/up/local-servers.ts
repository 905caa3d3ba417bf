import { join } from 'node:path';
import { EmbeddedKafka, EmbeddedPostgres, findKafkaJars } from '@millrace/embedded';
import { checkout } from '../checkout.js';
import { KeptServer } from './kept-server.js';
import type { PortBook } from './port-book.js';

export interface LocalServer {
  readonly kept: KeptServer;
  /** `host:port` of the broker, or the database's URL. */
  readonly address: string;
}

/** Starts the broker of a data folder and keeps it running at the same address. */
export async function startKafka(dataDir: string, ports: PortBook, log: (line: string) => void): Promise<LocalServer> {
  const port = await ports.take('kafka');
  const kept = new KeptServer(
    'kafka',
    () =>
      EmbeddedKafka.start({
        dataDir: join(dataDir, 'kafka'),
        jarsDir: findKafkaJars(checkout),
        archiveDir: join(checkout, '.millrace'),
        port,
        log,
      }),
    log,
  );
  await kept.start();
  return { kept, address: `127.0.0.1:${port}` };
}

/** Starts the database of a data folder and keeps it running at the same address. */
export async function startPostgres(
  dataDir: string,
  ports: PortBook,
  log: (line: string) => void,
): Promise<LocalServer> {
  const port = await ports.take('postgres');
  let address = '';
  const kept = new KeptServer(
    'postgres',
    async () => {
      const server = await EmbeddedPostgres.start({ dataDir: join(dataDir, 'postgres'), port, log });
      address = server.url;
      return server;
    },
    log,
  );
  await kept.start();
  return { kept, address };
}
