import { foldFrame, PartitionState, silent, type WorkflowDefinition } from '@millrace/domain';
import { born, epochStart } from '@millrace/domain/testing';
import { JsonRefused, parseJson, ServiceProblem } from '@millrace/nest-kit';
import { decodeFrame, encodeFrame, encodeItem, encodeWorkflow } from '@millrace/protocol';
import { checkedDefinition } from '@millrace/protocol/requests';
import { readYaml } from '../../apps/ingest/src/workflows/read-yaml.js';
import { workflows, yamls } from './corpora.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { isTellable, promise, type Target } from './target.ts';

/** Definitions as JSON. */
export const workflowJson: Target = {
  name: 'workflows',
  share: 30,
  make(draws) {
    const document = draws.pick(workflows);
    const text = mutateJson(draws, document, draws.pick(workflows));
    return {
      chunks: [draws.once(4) ? mutateBytes(draws, Buffer.from(text), Buffer.from(text)) : Buffer.from(text)],
      inputs: 1,
    };
  },
  read: ([bytes]) => take(() => parseJson(bytes!)),
};

/** Definitions as YAML. Reading it costs some 100 times what JSON costs. */
export const workflowYaml: Target = {
  name: 'yaml',
  share: 8,
  make: (draws) => ({ chunks: [mutateBytes(draws, draws.pick(yamls), draws.pick(yamls))], inputs: 1 }),
  read: ([bytes]) => take(() => readYaml(Buffer.from(bytes!).toString())),
};

/** What ingest registers, the fold of every partition takes. */
function take(read: () => unknown): void {
  let definition: WorkflowDefinition;
  try {
    definition = checkedDefinition(read());
  } catch (error) {
    return checkRefusal(error);
  }
  const { version, parts } = encodeWorkflow(definition);
  const pins = parts.map((body, part) => encodeItem({ type: 'WorkflowPinned', version, part, of: parts.length, body }));
  const state = new PartitionState();
  const frame = decodeFrame(Buffer.from(encodeFrame('w', 1, epochStart, [encodeItem(born()), ...pins])), 1);
  foldFrame(state, frame, 0, epochStart, silent);
  promise(state.workflows.has(version), 'Expected the fold to take what ingest registers, but it does not.');
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof ServiceProblem) && !(error instanceof JsonRefused)) throw error;
  const { status, code, detail } = error instanceof ServiceProblem ? error.body : { ...error.fault, status: 400 };
  promise(
    status === 400 || status === 413 || status === 422,
    `Expected the request to be at fault, but found ${status}.`,
  );
  promise(
    isTellable(code, 40) && isTellable(detail, 300_000),
    `Expected a sentence, but found ${JSON.stringify(detail)}.`,
  );
}
