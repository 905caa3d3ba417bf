import type { Item, PartitionState, Rejection, RunId } from '@millrace/domain';
import type { CommandVerdict, RequestVerdict } from '@millrace/protocol';
import { CommandAnswers, PartitionFold, ProjectionRows, RequestAnswers, type LogRecord } from '@millrace/runtime';
import type { InMemoryPartition, InMemoryProjectionStore } from '@millrace/runtime/in-memory';

/** Answers that nobody has asked for yet. */
const verdictsMax = 10_000;

/** Rows, and why something took no effect. */
class JudgedRows extends ProjectionRows {
  constructor(
    partition: number,
    private readonly requests: RequestAnswers,
    private readonly commands: CommandAnswers,
  ) {
    super(partition);
  }

  override rejected(item?: Item, _entry?: number, reason?: Rejection): void {
    if (item === undefined || reason === undefined) return;
    this.requests.rejected(item, reason);
    this.commands.rejected(item, reason);
  }
}

/** Folds one partition of the log as it grows, by the engine's own fold: into rows, into verdicts, and into what is due. */
export class Witness {
  readonly #fold: PartitionFold;
  readonly #requests = new RequestAnswers();
  readonly #commands = new CommandAnswers();
  readonly #rows: JudgedRows;
  readonly #store: InMemoryProjectionStore;
  readonly #requestVerdicts = new Map<RunId, RequestVerdict>();
  readonly #commandVerdicts = new Map<string, CommandVerdict>();

  /** `heard`: rows have changed. */
  constructor(log: InMemoryPartition, store: InMemoryProjectionStore, heard: () => void) {
    this.#fold = new PartitionFold(log.partition);
    this.#rows = new JudgedRows(log.partition, this.#requests, this.#commands);
    this.#store = store;
    log.onAppend(() => {
      for (const record of log.from(this.#fold.position)) this.#take(record);
      heard();
    });
  }

  get state(): PartitionState {
    return this.#fold.state;
  }

  takeRequestVerdict(run: RunId): RequestVerdict | undefined {
    return taken(this.#requestVerdicts, run);
  }

  takeCommandVerdict(command: string): CommandVerdict | undefined {
    return taken(this.#commandVerdicts, command);
  }

  #take(record: LogRecord): void {
    const { position: from } = this.#fold.state;
    const { partition } = this.#fold;
    this.#rows.offset = record.offset;
    this.#fold.take(record, this.#rows, (frame) => {
      for (const verdict of this.#requests.answer(this.state, frame)?.verdicts ?? [])
        put(this.#requestVerdicts, verdict.run, verdict);
      for (const verdict of this.#commands.answer(frame)?.verdicts ?? [])
        put(this.#commandVerdicts, verdict.command, verdict);
    });
    const { position: to, time: at, accepted, rejected, quarantined, hash, birth } = this.state;
    const position = { partition, from, to, at, accepted, rejected, quarantined, hash, nonce: birth?.nonce ?? '' };
    void this.#store.commit({ positions: [position], ...this.#rows.take() });
  }
}

/**
 * Is anything in flight that moves by itself? What an open call runs waits for time alone, unless silence can end it: that is
 * measured beat by beat, and no leap goes over it.
 */
export function isUnderWay(state: PartitionState, calls: ReadonlyMap<string, unknown>): boolean {
  for (const worker of state.workers.all()) {
    for (const { run, task, number } of worker.inFlight) {
      if (run.task(task).heartbeatTimeoutMs !== undefined) return true;
      if (!calls.has(`${run.id}/${task}/${number}`)) return true;
    }
  }
  return false;
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  if (map.size > verdictsMax) map.delete(map.keys().next().value!);
}

function taken<Key, Value>(map: Map<Key, Value>, key: Key): Value | undefined {
  const found = map.get(key);
  map.delete(key);
  return found;
}
