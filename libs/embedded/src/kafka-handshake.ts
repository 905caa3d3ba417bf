import { connect } from 'node:net';

/** What a broker says of itself. */
export interface BrokerAnswer {
  readonly clusterId: string | null;
  /** Brokers that take part in the cluster now; none while the only one is still fenced. */
  readonly brokers: number;
}

/**
 * Asks the listener at 127.0.0.1 for the cluster's metadata without topics (Metadata v2, which every broker since 0.10.1 answers).
 * Undefined where nobody answers within `timeoutMs` milliseconds or the answer is not Kafka's. Never throws.
 */
export function askBroker(port: number, timeoutMs: number): Promise<BrokerAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = Buffer.alloc(0);
    const finish = (answer: BrokerAnswer | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, timeoutMs, undefined);
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) finish(readAnswer(received));
    });
  });
}

const metadataKey = 3;
const metadataVersion = 2;
const correlation = 1;
const clientId = 'millrace-embedded';

function metadataRequest(): Buffer {
  const body = Buffer.alloc(2 + 2 + 4 + 2 + clientId.length + 4);
  let at = body.writeInt16BE(metadataKey, 0);
  at = body.writeInt16BE(metadataVersion, at);
  at = body.writeInt32BE(correlation, at);
  at = body.writeInt16BE(clientId.length, at);
  at += body.write(clientId, at, 'latin1');
  body.writeInt32BE(0, at); // an empty list asks for no topic, a null list for all of them
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length, 0);
  return Buffer.concat([size, body]);
}

function readAnswer(frame: Buffer): BrokerAnswer | undefined {
  try {
    let at = 4;
    const int16 = (): number => frame.readInt16BE((at += 2) - 2);
    const int32 = (): number => frame.readInt32BE((at += 4) - 4);
    const text = (): string | null => {
      const length = int16();
      if (length < 0) return null;
      at += length;
      return frame.toString('utf8', at - length, at);
    };
    if (int32() !== correlation) return undefined;
    const brokers = int32();
    for (let index = 0; index < brokers; index++) {
      int32(); // node id
      text(); // host
      int32(); // port
      text(); // rack
    }
    return { clusterId: text(), brokers };
  } catch {
    return undefined;
  }
}
