import { planTopics } from '@millrace/protocol';
import { madeBy, table } from './page.ts';

/** Every topic as `topics apply` makes it. */
export function topicsPage(): string {
  const plan = planTopics({ prefix: 'millrace', logPartitions: 8, taskPartitions: 16, queues: ['<queue>'] });
  const rows = plan.map(({ topic, partitions, config }) => [
    `\`${topic}\``,
    String(partitions),
    Object.entries(config)
      .map(([name, value]) => `\`${name}=${value}\``)
      .join(' '),
  ]);
  return [
    '# Topics',
    'What `millrace topics apply` makes with its defaults, and `millrace topics plan` compares. The prefix is `MILLRACE_TOPICS_PREFIX`; a queue has five topics, one ' +
      'a band. What each holds is in the [design](../design.md#7-topics).',
    madeBy,
    table(['topic', 'partitions', 'configuration'], rows),
  ].join('\n\n');
}
