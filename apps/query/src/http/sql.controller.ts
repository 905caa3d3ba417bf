import { Body, Controller, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ServiceProblem } from '@millrace/nest-kit';
import { sqlRequest, sqlResult, type SqlResult } from '@millrace/protocol';
import type { z } from 'zod';
import { Describe } from './describe.js';
import { Reads, type Reply } from './reads.js';
import { waitQuery, type WaitQuery } from './request-schemas.js';

/** Each holds a connection of its own and may be slow. */
const atOnceMax = 4;

@Controller('v1/sql')
export class SqlController {
  #running = 0;

  constructor(@Inject(Reads) private readonly reads: Reads) {}

  @Post()
  @HttpCode(200)
  @Describe('One reading statement on the views', sqlResult, sqlRequest)
  async querySql(
    @Body({ schema: sqlRequest }) request: z.output<typeof sqlRequest>,
    @Query({ schema: waitQuery }) query: WaitQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<SqlResult> {
    if (this.#running >= atOnceMax) {
      const detail = `Expected at most ${atOnceMax} statements at once, but as many run already.`;
      throw new ServiceProblem({ status: 503, code: 'sql-busy', detail, retryAfterMs: 1_000 });
    }
    this.#running += 1;
    try {
      const { query: text, rowsMax, timeoutMs } = request;
      return await this.reads.answer(reply, query, () => this.reads.model.sql(text, rowsMax, timeoutMs));
    } finally {
      this.#running -= 1;
    }
  }
}
