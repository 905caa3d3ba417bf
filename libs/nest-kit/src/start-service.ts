import { ConfigInvalid } from './config/config-invalid.js';
import { publicHostSentence } from './config/loopback.js';
import { createService, type Service, type ServiceOptions } from './create-service.js';
import { dieOnStall } from './health/die-on-stall.js';
import { systemClock } from './system-clock.js';

export interface RunningService extends Service {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly port: number;
  /** Closes in at most MILLRACE_DRAIN_MS and sets the exit code: 0 where all closed in time. Idempotent. */
  stop(reason: string): Promise<void>;
}

/**
 * Runs a service as this process: listens, logs one line `listening` with url and port, closes at SIGTERM and SIGINT (a second
 * one ends the process at once), and exits 1 on an uncaught error or a stall. Must be called once per process. Throws
 * `ConfigInvalid` for a public address without MILLRACE_ALLOW_PUBLIC, and what listening throws.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { config, clock = systemClock } = options;
  const exposed = publicHostSentence(config);
  if (exposed !== undefined) throw new ConfigInvalid([exposed]);
  const service = await createService(options);
  const { app, health, journal, metrics } = service;
  metrics.exposeProcess();

  const die = (error: unknown, message: string): never => {
    journal.error({ error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => die(error, 'uncaught error'));
  process.on('unhandledRejection', (error) => die(error, 'unhandled rejection'));
  const watch = dieOnStall(health, clock, (detail) => die(new Error(detail), 'stalled'));

  let stopping: Promise<void> | undefined;
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      watch.stop();
      journal.info({ reason }, 'stopping');
      const late = setTimeout(() => {
        journal.error({ drainMs: config.MILLRACE_DRAIN_MS }, 'not stopped in time');
        process.exit(1);
      }, config.MILLRACE_DRAIN_MS);
      await app.close();
      clearTimeout(late);
      journal.info({ reason }, 'stopped');
    })();
    return stopping;
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping !== undefined) process.exit(1);
    stop(signal).then(
      () => process.exit(0),
      (error) => die(error, 'failed to stop'),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);

  await app.listen(config.PORT, config.MILLRACE_HOST);
  const { port } = app.getHttpServer().address() as { port: number };
  const host = config.MILLRACE_HOST.includes(':') ? `[${config.MILLRACE_HOST}]` : config.MILLRACE_HOST;
  const url = `http://${host}:${port}`;
  journal.info({ url, port }, 'listening');
  return { ...service, url, port, stop };
}
