import type { ClusterFacts, TopicFacts } from '@millrace/kafka';
import type { Facts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';

/** Are all topics there, with partitions, settings, leaders and copies as `topics apply` makes them? */
export async function judgeTopics(facts: Facts): Promise<Verdict> {
  const cluster = await facts.cluster();
  const reviews = await facts.topicReviews();
  const { prefix } = facts.places;
  const missing = reviews.filter(({ faults }) => faults.some(({ kind }) => kind === 'missing'));
  if (missing.length === reviews.length) {
    return fail(`No topic begins with ${prefix}.`, 'Run: millrace topics apply, or name another prefix: --prefix.');
  }
  const faults = reviews
    .flatMap(({ faults }) => faults)
    .map(({ message }) => fail(message, 'Do what the sentence says.'));
  const partitions = cluster.topics.reduce((sum, topic) => sum + topic.partitions.length, 0);
  const fine = ok(`${reviews.length} topics as planned, ${partitions} partitions, ${copiesOf(cluster.topics)}.`);
  return worst([fine, ...faults, ...cluster.topics.flatMap((topic) => judgeCopies(topic, cluster))]);
}

function judgeCopies({ topic, partitions }: TopicFacts, { brokers }: ClusterFacts): Verdict[] {
  const leaderless = partitions.filter(({ leader }) => leader === undefined);
  if (leaderless.length > 0) {
    const which = leaderless.map(({ partition }) => partition).join(', ');
    return [fail(`Nobody leads ${topic}/${which}.`, 'Start the brokers that keep its copies.')];
  }
  const behind = partitions.filter(({ replicas, insync }) => insync < replicas).length;
  if (behind > 0) {
    const detail = `${behind} partitions of ${topic} have copies that are not in sync.`;
    return [warn(detail, 'Start the brokers that keep them, and wait until they have caught up.')];
  }
  const isAlone = brokers.length >= 3 && partitions.some(({ replicas }) => replicas === 1);
  if (!isAlone) return [];
  return [warn(`${topic} has one copy although there are ${brokers.length} brokers.`, 'Reassign it to three brokers.')];
}

function copiesOf(topics: readonly TopicFacts[]): string {
  const counts = [...new Set(topics.flatMap(({ partitions }) => partitions.map(({ replicas }) => replicas)))].sort();
  const text = counts.length > 1 ? `${counts[0]} to ${counts.at(-1)}` : String(counts[0] ?? 0);
  return text === '1' ? '1 copy of each' : `${text} copies of each`;
}
