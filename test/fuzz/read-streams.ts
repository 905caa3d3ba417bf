import { parseJson } from '@millrace/nest-kit';
import { encodeWorkflow, limits } from '@millrace/protocol';
import { LineSplitter } from '../../apps/ingest/src/stream/line-splitter.js';
import { checkedDefinition } from '@millrace/protocol/requests';
import { StreamedDefinition, type Streamed } from '../../apps/ingest/src/workflows/streamed-definition.js';
import { workflows } from './corpora.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { isTellable, promise, type Target } from './target.ts';

/** Bytes that come at a time. */
const pieceBytes = 61;

/** Definitions line by line. */
export const workflowStreams: Target = {
  name: 'streams',
  share: 12,
  make(draws) {
    const { name, tasks } = draws.pick(workflows) as { name: string; tasks: readonly object[] };
    const place = draws.below(tasks.length + 1);
    const lines = [{ name }, ...tasks].map((each, at) => {
      return at === place ? mutateJson(draws, each, draws.pick(tasks)) : JSON.stringify(each);
    });
    const bytes = Buffer.from(lines.join('\n'));
    return { chunks: [draws.once(3) ? mutateBytes(draws, bytes, bytes) : bytes], inputs: 1 };
  },
  read([bytes]) {
    const streamed = read(bytes!);
    if ('faults' in streamed) {
      promise(streamed.faults.length > 0, 'Expected a refusal to say why, but it names no fault.');
      for (const { code, message, path } of streamed.faults) {
        promise(isTellable(code, 40) && isTellable(message, 300_000), `Expected a sentence, but found ${message}.`);
        promise(path === '' || path.startsWith('/'), `Expected a JSON pointer, but found ${path}.`);
      }
    }
    const whole = asWhole(bytes!);
    if (whole === undefined) return;
    const found = 'encoded' in streamed ? streamed.encoded.version : undefined;
    promise(found === versionOf(whole), `Expected a stream to be the workflow that its lines are, but found ${found}.`);
  },
};

function read(bytes: Uint8Array): Streamed {
  const definition = new StreamedDefinition();
  const splitter = new LineSplitter(limits.workflowLineBytesMax);
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    for (const line of splitter.push(bytes.subarray(from, from + pieceBytes))) definition.add(line);
  }
  for (const line of splitter.end()) definition.add(line);
  return definition.end();
}

/** The same workflow as one body; undefined where the lines are no JSON, or their head says more than a name. */
function asWhole(bytes: Uint8Array): object | undefined {
  try {
    // As bytes: what is no UTF-8 stays none.
    const lines = Buffer.from(bytes)
      .toString('latin1')
      .split('\n')
      .filter((line) => !/^[ \t\r]*$/.test(line));
    const [head, ...tasks] = lines.map((line) => parseJson(Buffer.from(line, 'latin1')));
    const isPlain = typeof head === 'object' && head !== null && !Array.isArray(head);
    return isPlain && Object.keys(head).join() === 'name' ? { ...head, tasks } : undefined;
  } catch {
    return undefined;
  }
}

function versionOf(body: object): string | undefined {
  try {
    return encodeWorkflow(checkedDefinition(body)).version;
  } catch {
    return undefined;
  }
}
