import { httpMetrics, PromMetrics, serviceMetrics } from '@millrace/nest-kit';
import { dispatchMetrics, projectionMetrics, snapshotMetrics } from '@millrace/runtime';
import { ViolationMetrics } from '../../apps/cli/src/check/violation-metrics.js';
import { ingestMetrics } from '../../apps/ingest/src/ingest-metrics.js';
import { queryMetrics } from '../../apps/query/src/query-metrics.js';
import { workerMetrics } from '../../apps/worker/src/worker-metrics.js';

/** What is said of a metric wherever it is shown. */
export interface ShownMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What each process shows at `/metrics` of its own, besides what prom-client knows of every Node process. */
export const metricsByService: Readonly<Record<string, readonly ShownMetric[]>> = {
  'every service': [...serviceMetrics, ...httpMetrics],
  ingest: ingestMetrics,
  dispatcher: [...dispatchMetrics, ...snapshotMetrics],
  worker: workerMetrics,
  projector: [...projectionMetrics, ...snapshotMetrics],
  query: queryMetrics,
  'millrace check': parsed(new ViolationMetrics().text(), { millrace_checker_position: ['partition'] }),
};

/** Names of what prom-client shows of the process. */
export async function processMetrics(): Promise<ShownMetric[]> {
  const metrics = new PromMetrics();
  metrics.exposeProcess();
  return parsed(await metrics.text());
}

export async function metricsPage(): Promise<string> {
  const own = Object.entries(metricsByService).map(
    ([service, metrics]) => `## ${titleOf(service)}\n\n${table(metrics)}`,
  );
  const rows = (await processMetrics()).map(({ name, kind, help }) => `| \`${name}\` | ${kind} | ${help} |`);
  const ofProcess = `| metric | kind | what it says |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  return `${head}\n${own.join('\n')}\n## The process\n\nprom-client's own, alike for every Node process that uses it.\n\n${ofProcess}`;
}

const head = `# Metrics

Every service answers \`GET /metrics\`, beside \`/livez\` and \`/readyz\`, in the text format of Prometheus; \`millrace check --follow --port\`
shows its own. The names are stable: one that is shown is not renamed or given another meaning without a line in the changelog. Labels are
bounded (partitions, declared queues, routes, and what the code lists): none names a run, a task, a worker or a handler. Numbers are read when
somebody asks; scraping every 15 s is plenty. How to watch a system with them: [operations](../operations.md#metrics).

This page is made of what the services register: \`UPDATE_DOCS=1 npx vitest run --project spec test/metrics.spec.ts\`.
`;

function titleOf(service: string): string {
  return `${service[0]!.toUpperCase()}${service.slice(1)}`;
}

function table(metrics: readonly ShownMetric[]): string {
  const rows = metrics.map(({ name, kind, labels, help }) => {
    const cells = [`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), help];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `| metric | kind | labels | what it says |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Of the text that a scraper reads; labels are those of the first value, or `known`. */
function parsed(text: string, known: Readonly<Record<string, readonly string[]>> = {}): ShownMetric[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n(.*)/gm)].map(
    ([, name = '', help = '', kind = '', first = '']) => {
      const labels = [...first.slice(name.length).matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label!);
      return {
        name,
        kind,
        help,
        labels: known[name] ?? labels.filter((label) => label !== 'le' && label !== 'quantile'),
      };
    },
  );
}
