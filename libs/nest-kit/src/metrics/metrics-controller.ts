import { Controller, Get, Inject, Res } from '@nestjs/common';
import { PromMetrics } from './prom-metrics.js';

/** The part of Fastify's reply that is used here. */
interface Reply {
  header(name: string, value: string): Reply;
  send(body: string): void;
}

/** `/metrics`: every number of the service, in the text format of Prometheus. */
@Controller()
export class MetricsController {
  constructor(@Inject(PromMetrics) private readonly metrics: PromMetrics) {}

  @Get('metrics')
  async all(@Res() reply: Reply): Promise<void> {
    const text = await this.metrics.text();
    reply.header('content-type', this.metrics.contentType).send(text);
  }
}
