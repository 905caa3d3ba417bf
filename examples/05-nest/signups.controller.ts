import { Body, Controller, Get, HttpCode, Param, Post, ServiceUnavailableException } from '@nestjs/common';
import type { MillraceClient } from '@millrace/client';
import { InjectMillrace, MillraceHealth } from '@millrace/nestjs';
import type { Welcome } from './welcome.js';

/** What this service publishes: a task for each sign-up. */
@Controller()
export class SignupsController {
  constructor(
    @InjectMillrace() private readonly millrace: MillraceClient,
    private readonly health: MillraceHealth,
  ) {}

  @Post('signups')
  @HttpCode(202)
  async signUp(@Body() welcome: Welcome): Promise<{ readonly run: string }> {
    const { run } = await this.millrace.submitTask({ handler: 'mails.welcome', input: { ...welcome } });
    return { run };
  }

  @Get('signups/:run')
  async signUpOf(@Param('run') run: string) {
    const { tasks } = await this.millrace.waitForRun(run);
    const { status, attempt, result, error } = tasks[0]!;
    return { status, attempt, result, error: (error as { message?: string } | null)?.message };
  }

  @Get('health')
  healthy() {
    const { millrace } = this.health.isHealthy();
    if (millrace!.status === 'down') throw new ServiceUnavailableException(millrace);
    return millrace;
  }
}
