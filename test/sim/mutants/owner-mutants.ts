import { inFile, type Mutant } from './mutant.ts';

const runtime = 'libs/runtime/dist';
const owner = inFile(`${runtime}/partition-owner.js`);
const publish = inFile(`${runtime}/publish-accepted.js`);
const frames = inFile(`${runtime}/frame-writer.js`);
const tell = inFile(`${runtime}/tell-workers.js`);
const liveness = inFile(`${runtime}/worker-liveness.js`);
const keeping = inFile(`${runtime}/housekeeping.js`);

/** What owners and writers do around the fold. */
export const ownerMutants: readonly Mutant[] = [
  {
    name: 'publish-before-accept',
    bug: 'a decision is published before the log has accepted it',
    patches: [
      owner(
        'this.#outstanding = true;',
        `this.#outstanding = true;
        for (const { type, epoch, entries } of events) {
          if (type !== 'TasksDispatched') continue;
          for (const { run: id, task, attempt: number, worker, to } of entries) {
            const run = this.state.runs.get(id);
            this.#publish.accepted({ run, task, number, epoch, band: run.bandOf(task), worker, to, dispatchedAt: this.state.time });
          }
          this.#publish.flush(epoch, this.state.time, this.#options.clock.uptimeMs());
        }`,
      ),
    ],
  },
  {
    name: 'own-ack-anywhere',
    bug: "an owner's frame is folded at its position, wherever it was appended",
    patches: [owner('if (ack.offset === this.position)', 'if (ack.offset >= this.position)')],
  },
  {
    name: 'followers-publish',
    bug: 'an owner publishes and tells what it folds of the epoch of another',
    patches: [
      owner('return this.state.ownerNonce === this.#nonce && this.state.epoch === this.#claimedEpoch;', 'return true;'),
    ],
  },
  {
    name: 'copies-unmarked',
    bug: 'what is published again is not marked as such',
    patches: [
      publish(
        'this.#send(due, { epoch, decidedAt, again: true, sentAt: now });',
        'this.#send(due, { epoch, decidedAt, again: false, sentAt: now });',
      ),
    ],
  },
  {
    name: 'late-sends-unmarked',
    bug: 'a first send that is late is sent as if it were prompt',
    patches: [
      publish(
        'if (isLate)\n            for (const attempt of attempts)',
        'if (false)\n            for (const attempt of attempts)',
      ),
    ],
  },
  {
    name: 'nothing-published-again',
    bug: 'what was lost on its way stays lost',
    patches: [publish('this.#send(due, { epoch, decidedAt, again: true, sentAt: now });', ';')],
  },
  {
    name: 'retry-with-a-new-seq',
    bug: 'a frame is tried again under a new seq',
    patches: [
      frames('const value = Buffer.from(', 'let value = Buffer.from('),
      frames('const crc = crc32(value);', 'let crc = crc32(value);'),
      frames(
        'const ack = await this.#send(value, crc);',
        `if (tries > 0) {
          this.#seq += 1;
          value = Buffer.from(encodeFrame(this.#by, this.#seq, clock.now(), texts));
          crc = crc32(value);
        }
        const ack = await this.#send(value, crc);`,
      ),
    ],
  },
  {
    name: 'frames-without-seq',
    bug: 'every frame of a writer has the same seq',
    patches: [frames('this.#seq += 1;', 'this.#seq = 1;')],
  },
  {
    name: 'given-up-incarnation-goes-on',
    bug: 'a writer that gave a frame up begins its seq anew under the same name',
    patches: [frames('this.#by = `${this.#options.by}~${this.#incarnations}`;', ';')],
  },
  {
    name: 'refused-claims-hold',
    bug: 'everybody who claims is told that the claim holds',
    patches: [tell('const holds = current?.claim === nonce;', 'const holds = true;')],
  },
  {
    name: 'nobody-is-lost',
    bug: 'silent workers are never declared lost',
    patches: [
      liveness('return [...left, ...silent];', 'return [];'),
      liveness('return [...left, ...silent.filter(', 'return [...[].filter('),
    ],
  },
  {
    name: 'own-stall-is-silence',
    bug: 'an owner that stalled takes its own silence for that of all workers',
    patches: [
      liveness('if (passedMs > this.sessionMs / 2)', 'if (false)'),
      liveness('if (silent.length * 2 <= present.length)', 'if (true)'),
      liveness('if (!this.#atEnd)', 'if (false)'),
    ],
  },
  {
    name: 'started-recalled-at-once',
    bug: 'a started attempt that a worker does not list in one heartbeat is recalled',
    patches: [keeping('Math.min(unlistedMs, liveness.heardMs) > liveness.sessionMs', 'unlistedMs >= 0')],
  },
];
