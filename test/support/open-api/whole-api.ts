import { createService, readConfig, type ServiceOptions } from '@millrace/nest-kit';
import * as protocol from '@millrace/protocol';
import { quietJournal } from '@millrace/runtime/testing';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { describeWrites } from '../../../apps/ingest/src/http/open-api.ts';
import { ingestConfig } from '../../../apps/ingest/src/ingest-config.ts';
import { ingestService } from '../../../apps/ingest/src/ingest-service.ts';
import { describeReads } from '../../../apps/query/src/http/open-api.ts';
import { queryConfig } from '../../../apps/query/src/query-config.ts';
import { queryService } from '../../../apps/query/src/query-service.ts';
import { mergeDocuments } from './merge-documents.ts';

const answers = {
  ...{ Problem: protocol.problem, ProblemFault: protocol.problemFault, LogPosition: protocol.logPosition },
  ...{
    Submitted: protocol.submitted,
    BulkAnswer: protocol.bulkAnswer,
    BulkLine: protocol.bulkLine,
    CommandAnswer: protocol.commandAnswer,
  },
  ...{ DrainAnswer: protocol.drainAnswer },
  ...{ RunView: protocol.runView, RunList: protocol.runList, RunDetail: protocol.runDetail },
  ...{ TaskRunView: protocol.taskRunView, TaskRunList: protocol.taskRunList, AttemptView: protocol.attemptView },
  ...{ WaitsFor: protocol.waitsFor, WorkflowView: protocol.workflowView, WorkflowList: protocol.workflowList },
  ...{ WorkflowDetail: protocol.workflowDetail, WorkerView: protocol.workerView, WorkerList: protocol.workerList },
  ...{ QueueView: protocol.queueView, QueueList: protocol.queueList, PartitionView: protocol.partitionView },
  ...{ PartitionList: protocol.partitionList, PartitionFreshness: protocol.partitionFreshness },
  ...{ Freshness: protocol.freshness, RulesView: protocol.rulesView, QuarantineView: protocol.quarantineView },
  ...{ QuarantineList: protocol.quarantineList, SqlResult: protocol.sqlResult },
  ...{ TailEvent: protocol.tailEvent, TaskMoved: protocol.taskMoved },
};
const requests = {
  ...{ SubmitRun: protocol.submitRun, SubmitTask: protocol.submitTask, SubmitBulk: protocol.submitBulk },
  ...{ CommandRun: protocol.commandRun, SetPriority: protocol.setPriority, SqlRequest: protocol.sqlRequest },
  ...{ RegisterWorkflow: protocol.registerWorkflow, WorkflowNode: protocol.workflowNode },
  ...{ WorkflowHead: protocol.workflowHead },
};

/** What the services say of themselves, as one document: what libs/protocol/openapi.json is to be. */
export async function describeWholeApi(): Promise<OpenAPIObject> {
  const env = { DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none', MILLRACE_INGEST_INTAKE_ENABLED: '0' };
  // Nothing is started, so nobody asks this log for anything.
  const ingest = ingestService(readConfig(ingestConfig, env), () => ({ reader: () => undefined }) as never);
  return mergeDocuments(
    [
      await documentOf(ingest, describeWrites),
      await documentOf(queryService(readConfig(queryConfig, env)) as ServiceOptions, describeReads),
    ],
    { ...schemasOf(answers, 'output'), ...schemasOf(requests, 'input') },
  );
}

async function documentOf(options: ServiceOptions, describe: typeof describeReads): Promise<OpenAPIObject> {
  const { app } = await createService({ ...options, journal: quietJournal() });
  return describe(app);
}

function schemasOf(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'openapi-3.0', unrepresentable: 'any' });
      return [name, rest];
    }),
  );
}
