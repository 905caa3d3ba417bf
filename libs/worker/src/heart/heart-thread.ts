import { parentPort, workerData } from 'node:worker_threads';
import { connectKafka, KafkaRecordWriter } from '@millrace/kafka';
import type { Journal } from '@millrace/runtime';
import { systemClock } from '../system-clock.js';
import { BoardView } from './board-view.js';
import { BoardHeart } from './heart.js';
import { processMonotonicMs } from './monotonic.js';
import type { FromHeart, HeartThreadData, ToHeart } from './thread-heart.js';

/** Entry of the heartbeat thread: a connection, a view of the board, and a heart. */
const { id, topic, brokers, memory, exitWhenHopeless } = workerData as HeartThreadData;
const tell = (message: FromHeart): void => parentPort!.postMessage(message);
const warn = (error: unknown): void => tell({ warn: error instanceof Error ? error.message : String(error) });
const onRound = (isAcknowledged: boolean): void => tell({ round: isAcknowledged ? 'acknowledged' : 'unanswered' });
const journal: Journal = {
  info: () => {},
  warn: (_fields, message) => warn(message),
  error: (_fields, message) => warn(message),
};
const writer = new KafkaRecordWriter(connectKafka({ brokers, clientId: `${id}-heart`, journal }));
const heart = new BoardHeart({
  ...{
    id,
    topic,
    writer,
    warn,
    onRound,
    clock: systemClock,
    monotonicMs: processMonotonicMs,
    board: new BoardView(memory),
  },
  ...(exitWhenHopeless && { onHopeless: () => process.kill(process.pid, 'SIGKILL') }),
});

parentPort!.on('message', (message: ToHeart) => {
  if ('say' in message) heart.say(message.say, message.when);
  else
    void heart
      .leave()
      .then(() => writer.close())
      .then(() => tell({ left: true }));
});
