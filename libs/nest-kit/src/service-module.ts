import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Clock, Journal } from '@millrace/runtime';
import { HealthController } from './health/health-controller.js';
import { Health } from './health/health.js';
import { MetricsController } from './metrics/metrics-controller.js';
import { PromMetrics } from './metrics/prom-metrics.js';
import { CLOCK, CONFIG, JOURNAL, METRICS } from './tokens.js';

/** The root of every service: what all modules may inject, and the routes of health and metrics. */
@Module({})
export class ServiceModule {
  static around(
    module: Type | DynamicModule,
    shared: { config: unknown; journal: Journal; clock: Clock; health: Health; metrics: PromMetrics },
  ): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: shared.config },
      { provide: JOURNAL, useValue: shared.journal },
      { provide: CLOCK, useValue: shared.clock },
      { provide: Health, useValue: shared.health },
      { provide: METRICS, useValue: shared.metrics },
      { provide: PromMetrics, useValue: shared.metrics },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: [module],
      controllers: [HealthController, MetricsController],
      providers,
      exports: providers.map((provider) => provider.provide),
    };
  }
}
