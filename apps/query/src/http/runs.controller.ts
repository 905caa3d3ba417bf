import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { CLOCK } from '@millrace/nest-kit';
import {
  runDetail,
  runList,
  taskRunList,
  type RunDetail,
  type RunList,
  type TaskRunList,
  type TaskRunView,
} from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { waitsFor, type WaitingRun } from '../workers/waits-for.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { Describe } from './describe.js';
import { Reads, type Reply } from './reads.js';
import {
  isDescending,
  listRunsQuery,
  listTaskRunsQuery,
  waitQuery,
  type ListRunsQuery,
  type ListTaskRunsQuery,
  type WaitQuery,
} from './request-schemas.js';
import { checkedRunId, runUnknown } from './run-problems.js';

@Controller('v1/runs')
export class RunsController {
  constructor(
    @Inject(Reads) private readonly reads: Reads,
    @Inject(WorkerDirectory) private readonly directory: WorkerDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Describe('Runs, newest first unless sort says otherwise', runList)
  listRuns(
    @Query({ schema: listRunsQuery }) query: ListRunsQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<RunList> {
    const { cursor, limit, sort: _, waitFor: __, waitMs: ___, ...filter } = query;
    const descending = isDescending(query);
    return this.reads.answer(reply, query, () => this.reads.model.runs(filter, cursor, limit, descending));
  }

  @Get(':id')
  @Describe('One run with its task runs and attempts', runDetail)
  getRun(
    @Param('id') id: string,
    @Query({ schema: waitQuery }) query: WaitQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<RunDetail> {
    return this.reads.answer(reply, query, async () => {
      const detail = await this.reads.model.run(checkedRunId(id));
      if (detail === undefined) throw runUnknown(id);
      return { ...detail, tasks: this.#explained(detail.tasks, detail.run) };
    });
  }

  @Get(':id/tasks')
  @Describe('Task runs of a run, by index', taskRunList)
  listTaskRuns(
    @Param('id') id: string,
    @Query({ schema: listTaskRunsQuery }) query: ListTaskRunsQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<TaskRunList> {
    return this.reads.answer(reply, query, async () => {
      const filter = { status: query.status, descending: isDescending(query) };
      const list = await this.reads.model.taskRuns(checkedRunId(id), query.cursor, query.limit, filter);
      if (list === undefined) throw runUnknown(id);
      return { ...list, tasks: this.#explained(list.tasks, { id, status: list.runStatus, pausedAt: list.pausedAt }) };
    });
  }

  #explained(tasks: readonly TaskRunView[], run: WaitingRun): TaskRunView[] {
    const now = this.clock.now();
    return tasks.map((task) => {
      const waits = waitsFor(task, run, this.directory, now);
      return waits === undefined ? task : { ...task, waitsFor: waits };
    });
  }
}
