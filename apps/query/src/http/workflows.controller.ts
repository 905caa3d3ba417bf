import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ServiceProblem } from '@millrace/nest-kit';
import { workflowDetail, workflowList, type WorkflowDetail, type WorkflowList } from '@millrace/protocol';
import { Describe } from './describe.js';
import { Reads, type Reply } from './reads.js';
import {
  isDescending,
  listWorkflowsQuery,
  waitQuery,
  type ListWorkflowsQuery,
  type WaitQuery,
} from './request-schemas.js';

@Controller('v1/workflows')
export class WorkflowsController {
  constructor(@Inject(Reads) private readonly reads: Reads) {}

  @Get()
  @Describe('Workflow versions in force, by name', workflowList)
  listWorkflows(
    @Query({ schema: listWorkflowsQuery }) query: ListWorkflowsQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<WorkflowList> {
    return this.reads.answer(reply, query, () =>
      this.reads.model.workflows(query.cursor, query.limit, isDescending(query)),
    );
  }

  @Get(':name')
  @Describe(
    'A workflow with the definitions of its versions, by name; or by a version, of which eight digits are enough',
    workflowDetail,
  )
  getWorkflow(
    @Param('name') name: string,
    @Query({ schema: waitQuery }) query: WaitQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<WorkflowDetail> {
    return this.reads.answer(reply, query, async () => {
      const detail = name.includes('\0') ? undefined : await this.reads.model.workflow(name);
      if (detail !== undefined) return detail;
      throw new ServiceProblem({
        status: 404,
        code: 'workflow-unknown',
        detail: `Expected workflow ${name} to be there, but no version of it is shown, or more than one begins so. A version is shown once it has run.`,
      });
    });
  }
}
