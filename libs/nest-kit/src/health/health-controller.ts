import { readFileSync } from 'node:fs';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Health, type CheckReport } from './health.js';

/** The part of Fastify's reply that is used here. */
interface Reply {
  code(status: number): Reply;
  send(body: unknown): void;
}

/** All packages of a release have one version. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** `/livez`: 503 once a part has stalled. `/readyz`: 503 until every part is ready. Both say the version and list the checks. */
@Controller()
export class HealthController {
  constructor(@Inject(Health) private readonly health: Health) {}

  @Get('livez')
  livez(@Res() reply: Reply): void {
    const checks = this.health.report();
    answer(reply, !checks.some((check) => check.stalled), checks);
  }

  @Get('readyz')
  readyz(@Res() reply: Reply): void {
    const checks = this.health.report();
    answer(
      reply,
      checks.every((check) => check.ready && !check.stalled),
      checks,
    );
  }
}

function answer(reply: Reply, ok: boolean, checks: readonly CheckReport[]): void {
  reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'unavailable', version, checks });
}
