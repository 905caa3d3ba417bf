import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';

/**
 * Everything untyped that this library takes from inside kafkajs: its connections and its request and response codecs. The
 * version is pinned because none of it is public; the contract suites of runtime show that it still works after a change.
 */
const require = createRequire(import.meta.url);
const pinnedVersion = '2.2.4';
const found = (require('kafkajs/package.json') as { version: string }).version;
if (found !== pinnedVersion) {
  throw new Error(
    `Expected kafkajs ${pinnedVersion}, whose internals are used, but found ${found}. Install ${pinnedVersion}.`,
  );
}

interface ProtocolCall {
  readonly request: object;
  readonly response: { decode(raw: Buffer): Promise<unknown> };
}
type Protocol = { protocol(of: { version: number }): (args: object) => ProtocolCall };
export interface KafkajsConnection {
  connect(): Promise<unknown>;
  isConnected(): boolean;
  send(call: object): Promise<unknown>;
  disconnect(): Promise<unknown>;
  rejectRequests(error: Error): void;
  readonly socket?: Socket;
}
type ConnectionClass = new (options: object) => KafkajsConnection;
const Connection = require('kafkajs/src/network/connection') as ConnectionClass;
const { requests } = require('kafkajs/src/protocol/requests') as { requests: Readonly<Record<Api, Protocol>> };
const { errorCodes } = require('kafkajs/src/protocol/error') as {
  errorCodes: readonly { code: number; type: string; message: string }[];
};
const RequestQueue = require('kafkajs/src/network/requestQueue') as {
  prototype: { scheduleCheckPendingRequests(this: { pending: unknown[] }): void };
};

// kafkajs sets a timer of minus 1.7e12 ms after every response with nothing pending (TimeoutNegativeWarning on Node 24).
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
RequestQueue.prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};

/** Requests in use with their versions: the highest that kafkajs encodes, all known to brokers from 2.3 to 4.x. */
const apiVersions = {
  Produce: 7,
  Fetch: 11,
  ListOffsets: 3,
  Metadata: 6,
  OffsetCommit: 5,
  OffsetFetch: 4,
  GroupCoordinator: 2,
  JoinGroup: 5,
  Heartbeat: 3,
  LeaveGroup: 3,
  SyncGroup: 3,
  ApiVersions: 2,
  DescribeConfigs: 1,
} as const;
export type Api = keyof typeof apiVersions;

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const logger = { ...silent, namespace: () => silent };
function ignore(): void {}

/** A connection that is not open yet. It says nothing: what goes wrong is in the errors that it throws. */
export function kafkajsConnection(options: {
  host: string;
  port: number;
  clientId: string;
  connectMsMax: number;
  requestMsMax: number;
}): KafkajsConnection {
  return new Connection({
    host: options.host,
    port: options.port,
    clientId: options.clientId,
    connectionTimeout: options.connectMsMax,
    requestTimeout: options.requestMsMax,
    logger,
    socketFactory: ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }) =>
      connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect),
  });
}

/** One request in the shape that `KafkajsConnection.send` takes. Error codes are left in the answer. */
export function kafkajsCall(
  api: Api,
  args: object,
  requestTimeout: number,
  decode: ((raw: Buffer) => unknown) | undefined,
): object {
  const { request, response } = requests[api].protocol({ version: apiVersions[api] })(args);
  return {
    request,
    response: {
      decode: decode === undefined ? response.decode : async (raw: Buffer) => decode(raw),
      parse: async (data: unknown) => data,
    },
    requestTimeout,
    logResponseError: false,
  };
}

/** `NOT_LEADER_FOR_PARTITION (6): This server is ...`. */
export function kafkaErrorText(code: number): string {
  const known = errorCodes.find((each) => each.code === code);
  return known === undefined ? `error ${code}` : `${known.type} (${code}): ${known.message}`;
}
