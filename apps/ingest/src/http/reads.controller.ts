import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryProxy } from './query-proxy.js';

/** What reads is query's: it describes these routes itself. */
@ApiExcludeController()
@Controller('v1')
export class ReadsController {
  constructor(@Inject(QueryProxy) private readonly proxy: QueryProxy) {}

  @Get('*')
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.proxy.pass(request, reply);
  }

  @Post('sql')
  @HttpCode(200)
  async sql(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.proxy.pass(request, reply);
  }
}
