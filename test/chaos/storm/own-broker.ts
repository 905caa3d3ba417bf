import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedKafka, findKafkaJars } from '@millrace/embedded';

const root = join(import.meta.dirname, '..', '..', '..');

/** A broker that nobody starts again but this: it can be gone for as long as one likes. */
export class OwnBroker {
  readonly #options: Parameters<typeof EmbeddedKafka.start>[0];
  #broker: EmbeddedKafka;

  private constructor(options: Parameters<typeof EmbeddedKafka.start>[0], broker: EmbeddedKafka) {
    this.#options = options;
    this.#broker = broker;
  }

  static async start(dataDir: string): Promise<OwnBroker> {
    const options = { dataDir, jarsDir: findKafkaJars(root), archiveDir: join(root, '.millrace') };
    const broker = await EmbeddedKafka.start(options);
    return new OwnBroker({ ...options, port: broker.port }, broker);
  }

  get address(): string {
    return this.#broker.brokers;
  }

  /** Kills it and starts it again at the same address so much later. */
  async goneFor(forMs: number): Promise<void> {
    await this.#broker.kill();
    await sleep(forMs);
    this.#broker = await EmbeddedKafka.start(this.#options);
  }

  stop(): Promise<void> {
    return this.#broker.stop();
  }
}
