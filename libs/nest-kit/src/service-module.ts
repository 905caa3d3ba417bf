import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Clock, Journal } from '@millrace/runtime';
import { HealthController } from './health/health-controller.js';
import { Health } from './health/health.js';
import { CLOCK, CONFIG, JOURNAL } from './tokens.js';

/** The root of every service: what all modules may inject, and the health routes. */
@Module({})
export class ServiceModule {
  static around(
    module: Type | DynamicModule,
    shared: { config: unknown; journal: Journal; clock: Clock; health: Health },
  ): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: shared.config },
      { provide: JOURNAL, useValue: shared.journal },
      { provide: CLOCK, useValue: shared.clock },
      { provide: Health, useValue: shared.health },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: [module],
      controllers: [HealthController],
      providers,
      exports: providers.map((provider) => provider.provide),
    };
  }
}
