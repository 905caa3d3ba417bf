import { LogUnavailable } from '@millrace/runtime';
import { kafkajsCall, kafkajsConnection, type Api, type KafkajsConnection } from './kafkajs-internals.js';

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly connectMsMax: number;
  readonly requestMsMax: number;
}

/**
 * One connection to one broker. The broker answers its requests one by one, so whoever waits long has a link of its own.
 * Opens itself when used; one that failed is never used again.
 */
export class KafkaLink {
  private readonly connection: KafkajsConnection;
  private opening: Promise<void> | undefined;
  private opened = false;
  private over = false;
  private readonly destroyed = Promise.withResolvers<never>();

  constructor(private readonly options: LinkOptions) {
    this.connection = kafkajsConnection(options);
    this.destroyed.promise.catch(() => undefined);
  }

  /** False once it has failed or was destroyed. */
  get usable(): boolean {
    return !this.over && (this.opening === undefined || !this.opened || this.connection.isConnected());
  }

  /**
   * Sends one request and gives the decoded answer with its error codes. `waitMs` is how long the broker may take by
   * agreement, on top of the request's bound. Throws `LogUnavailable`; the link is over then.
   */
  async send<T>(api: Api, args: object, waitMs = 0, decode?: (raw: Buffer) => T): Promise<T> {
    try {
      await (this.opening ??= this.open());
      return (await this.connection.send(kafkajsCall(api, args, waitMs + this.options.requestMsMax, decode))) as T;
    } catch (cause) {
      this.destroy(cause);
      const { host, port } = this.options;
      throw new LogUnavailable(`Expected Kafka at ${host}:${port} to answer ${api}, but: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Fails what is under way. Tolerates being called twice. */
  destroy(cause: unknown = new Error('Expected an open link, but it was closed.')): void {
    if (this.over) return;
    this.over = true;
    this.destroyed.reject(cause);
    this.connection.rejectRequests(cause instanceof Error ? cause : new Error(String(cause)));
    this.connection.disconnect().then(
      () => this.connection.socket?.destroy(),
      () => this.connection.socket?.destroy(),
    );
  }

  /** A socket that is destroyed while it connects says nothing, hence the race. */
  private async open(): Promise<void> {
    await Promise.race([this.connection.connect(), this.destroyed.promise]);
    this.opened = true;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
