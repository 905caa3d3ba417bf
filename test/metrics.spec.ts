import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { metricsByService, metricsPage, processMetrics, type ShownMetric } from './support/metrics-page.js';

const root = join(import.meta.dirname, '..');
const all = Object.entries(metricsByService).flatMap(([service, metrics]) =>
  metrics.map((metric) => [service, metric] as const),
);
/** Whatever is counted by one of these has as many values as the code, the log or the configuration has. */
const boundedLabels = [
  ...['partition', 'queue', 'band', 'service', 'version', 'check', 'method', 'route', 'status', 'outcome', 'reason'],
  ...['cause', 'code', 'from', 'to', 'copy', 'change', 'stage', 'rule'],
];

/** What the conventions of Prometheus say against a metric. */
function faultsOf({ name, kind, labels, help }: ShownMetric): string[] {
  const rules: [string, boolean][] = [
    ['begins with millrace_ and is snake_case', /^millrace(_[a-z][a-z0-9]*)+$/.test(name)],
    ['a counter, and nothing else, ends with _total', (kind === 'counter') === name.endsWith('_total')],
    ['a histogram ends with its base unit', kind !== 'histogram' || /_(seconds|bytes)$/.test(name)],
    [
      'units are base units',
      !/_(ms|millis|milliseconds|minutes|hours|kb|kib|mb|mib|kilobytes|percent)(_|$)/.test(name),
    ],
    ['no suffix that a histogram makes', !/_(count|sum|bucket)$/.test(name)],
    ['no kind in the name', !/_(gauge|counter|histogram|summary|metric)(_|$)/.test(name)],
    ['no label in the name', labels.every((label) => !name.split('_').includes(`by_${label}`))],
    ['_info only on a gauge', !name.endsWith('_info') || kind === 'gauge'],
    ['labels are bounded', labels.every((label) => boundedLabels.includes(label))],
    ['the help is a sentence', /^[A-Z].*\.$|^[A-Z].*; .*\.$|: 1 or 0\.$/.test(help) && !help.includes('\n')],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => `${name}: ${rule}`);
}

it.each(all)('%s: $name follows the conventions of Prometheus', (_service, metric) => {
  expect(faultsOf(metric)).toEqual([]);
});

it('the rules refuse what breaks them', () => {
  const good: ShownMetric = { name: 'millrace_x_total', kind: 'counter', labels: ['partition'], help: 'Says it.' };
  expect(faultsOf(good)).toEqual([]);
  const bad: Partial<ShownMetric>[] = [
    ...[{ name: 'x_total' }, { name: 'millrace_X_total' }, { name: 'millrace_x' }, { name: 'millrace_x_ms_total' }],
    ...[{ labels: ['run'] }, { labels: ['handler'] }, { help: 'says it' }, { kind: 'gauge' }],
    { name: 'millrace_took', kind: 'histogram' },
  ];
  expect(bad.filter((change) => faultsOf({ ...good, ...change }).length === 0)).toEqual([]);
});

it('no process shows a name twice, and a name means the same wherever it is shown', async () => {
  const ofProcess = await processMetrics();
  const everywhere = metricsByService['every service']!;
  for (const [service, metrics] of Object.entries(metricsByService)) {
    if (service === 'every service') continue;
    const names = [...everywhere, ...ofProcess, ...metrics].map(({ name }) => name);
    expect(
      names.filter((name, index) => names.indexOf(name) !== index),
      service,
    ).toEqual([]);
  }
  const said = Map.groupBy(all, ([, { name }]) => name);
  const split = [...said.values()].filter((same) => new Set(same.map(([, { kind, help }]) => kind + help)).size > 1);
  expect(split).toEqual([]);
});

it('docs/reference/metrics.md is what the services register (UPDATE_DOCS=1 rewrites it)', async () => {
  const file = join(root, 'docs', 'reference', 'metrics.md');
  const page = await format(await metricsPage(), { ...(await resolveConfig(file)), filepath: file });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
